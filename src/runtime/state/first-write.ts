import { FIRST_RETRY, LONGEST_RETRY } from '../../runs/tasks/retried-store';
import type { NodeHost, Storing, InputContext } from '../definition/definition';

/**
 * Goes on trying to store what could not be written, as on a full disk, after pauses that grow, until `attempt` resolves true or
 * `over` is aborted, and for the last time when the node closes. One way for everything that is kept: what lives in memory only is
 * lost by a restart.
 */
export function retryStoring(
  host: Pick<NodeHost<never>, 'background' | 'clock'>,
  attempt: () => Promise<boolean>,
  over: AbortSignal,
): void {
  host.background(async (closing) => {
    const ended = AbortSignal.any([closing, over]);
    for (let pause = FIRST_RETRY; ; pause = Math.min(2 * pause, LONGEST_RETRY)) {
      await host.clock.sleep(pause, ended, true).catch(() => undefined);
      if (over.aborted || (await attempt()) || closing.aborted) return;
    }
  });
}

/**
 * Goes on trying to store a work whose first write failed, as on a full disk, while the work goes on: what lives in memory only
 * is lost by a restart. Until it is stored the status says so; the warning was given at the first write. Each try goes
 * through `InputContext.keep`, so that a close in the middle of it has one end, as at the first write. It ends with the node.
 *
 * Returns what the work calls when it is over. What is being written just then is removed by forgetting its item.
 */
export function storeLater<Values>(
  host: Pick<NodeHost<Values>, 'background' | 'clock'>,
  context: Pick<InputContext<Values>, 'keep' | 'showUnstored' | 'signal'>,
  begin: () => Storing,
): () => void {
  if (context.signal.aborted) return () => {};
  const over = new AbortController();
  context.showUnstored(true);
  const end = () => {
    over.abort();
    context.showUnstored(false);
  };
  const attempt = async () => {
    // It rejects when the message has had its end.
    const stored = await context.keep(begin).catch(() => true);
    if (stored) end();
    return stored;
  };
  retryStoring(host, attempt, over.signal);
  return end;
}
