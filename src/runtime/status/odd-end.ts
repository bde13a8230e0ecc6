import type { ErrorText } from '../../api/errors/errors';
import type { Run } from '../../api/client/types';
import { oddEnd, type EndDoubt } from '../../runs/run/run-state';
import type { StatusText } from './status-texts';

/** For the yellow ring of whoever tells how a run stands whose end date can't be right. */
export function oddEndText(runId: string): StatusText {
  return { key: 'end-date-odd', values: { runId }, kind: 'trouble' };
}

/** The same for the debug sidebar and the log. */
export function oddEndWarning(jobId: string, runId: string, { kind, date }: EndDoubt): ErrorText {
  return { key: `end-date-${kind}`, values: { jobId, runId, date } };
}

/** Shows it while a run, of which it is not known whether it has ended, is looked at again and again. */
export function showOddEnd(context: { trouble(text: StatusText | null): void }): (run: Run) => void {
  let shown = false;
  return (run) => {
    const odd = oddEnd(run) !== null;
    if (odd !== shown) context.trouble(odd ? oddEndText(run.id) : null);
    shown = odd;
  };
}
