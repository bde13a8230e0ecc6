import { isRecord } from '../../api/endpoints/rows';
import { RescaleError } from '../../api/errors/errors';
import { rowsOf } from '../../insight/table/run-rows';
import type { Row } from '../../insight/table/row';
import { runState } from '../../runs/run/run-state';
import { webPage } from '../definition/messages';
import type { Message } from '../definition/definition';
import { shownValue } from '../../api/errors/shown-value';

/** The rows of a message: its runs, with what earlier nodes said of them, or its rows. Throws RESCALE_INPUT. */
export async function rowsOfMessage(message: Message): Promise<Row[]> {
  const rescale = isRecord(message.rescale) ? message.rescale : {};
  const jobId = typeof message.jobId === 'string' ? message.jobId : undefined;
  const rows = await rowsOf(message.payload, {
    state: (run) => {
      // A job that has ended gives its runs a result, also those that the platform gave no end.
      return runState(run, resultOf(rescale, run.id) !== null && !run.dateCompleted);
    },
    result: (runId) => resultOf(rescale, runId),
    link: (runId) => linkOf(rescale, jobId, runId),
  });
  if (rows === null) {
    throw new RescaleError('RESCALE_INPUT', 'table-no-rows', { value: shownValue(message.payload) });
  }
  return rows;
}

/** By what stands in `msg.rescale`: the outcomes of many runs, or the outcome of the one it is about. */
function resultOf(rescale: Record<string, unknown>, runId: string): string | null {
  const { outcomes, outcome } = rescale;
  const own = isRecord(outcomes) && Object.hasOwn(outcomes, runId) ? outcomes[runId] : undefined;
  const found = own ?? (rescale.runId === runId ? outcome : undefined);
  return isRecord(found) && typeof found.result === 'string' ? found.result : null;
}

function linkOf(rescale: Record<string, unknown>, jobId: string | undefined, runId: string): string | null {
  const { platform } = rescale;
  const known = typeof rescale.jobId === 'string' ? rescale.jobId : jobId;
  if (typeof platform !== 'string' || !/^https?:\/\//.test(platform)) return null;
  return webPage({ origin: platform, simulated: false }, known, runId);
}
