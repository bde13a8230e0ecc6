import type { ErrorText } from '../../api/errors/errors';
import type { RunReading } from '../../runs/reading/run-reader';
import type { EndDoubt } from '../../runs/run/run-state';
import type { StatusText } from './status-texts';

/** For the yellow ring of whoever tells how runs stand whose end dates can't be right: the first of so many. */
export function oddEndText(runId: string, count = 1): StatusText {
  if (count > 1) return { key: 'end-dates-odd', values: { count }, kind: 'trouble' };
  return { key: 'end-date-odd', values: { runId }, kind: 'trouble' };
}

/** The same for the debug sidebar and the log. */
export function oddEndWarning(jobId: string, runId: string, { kind, date }: EndDoubt): ErrorText {
  return { key: `end-date-${kind}`, values: { jobId, runId, date } };
}

/** Shows and tells it while a run, of which it is not known whether it has ended, is looked at again and again. */
export function showOddEnd(
  jobId: string,
  context: { trouble(text: StatusText | null): void },
  warn: (sentence: ErrorText | null) => void,
): (reading: RunReading) => void {
  let shown = false;
  return ({ run, doubt }) => {
    // Said anew at each look: a request that was tried again has taken it back.
    if (doubt || shown) context.trouble(doubt && oddEndText(run.id));
    shown = doubt !== null;
    warn(doubt && oddEndWarning(jobId, run.id, doubt));
  };
}
