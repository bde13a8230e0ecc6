import type { LogRemark } from '../../logs/log-step';
import type { VerdictName } from '../reading/options';
import type { Finding } from '../reading/reading';

/** Which verdict a word of the solver is, by the kind of the remark. Kinds that are missing only count at the log's end. */
const VERDICTS: Partial<Record<LogRemark['kind'], VerdictName>> = {
  converged: 'converged',
  diverging: 'diverging',
  crashed: 'crashed',
  licence: 'crashed',
  killed: 'crashed',
};

/** The verdict that the solver's own words are. */
export function verdictOf(remark: LogRemark): { verdict: VerdictName; finding: Finding } | null {
  const verdict = VERDICTS[remark.kind];
  if (!verdict) return null;
  const where = remark.step > 0 ? ` at step ${remark.step}` : '';
  const quote = remark.text.trim();
  return {
    verdict,
    finding: { evidence: [`${capital(remark.reason)}${where}: “${quote}”`], values: {} },
  };
}

function capital(phrase: string): string {
  return phrase.charAt(0).toUpperCase() + phrase.slice(1);
}
