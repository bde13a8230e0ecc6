import 'should';
import type { Message } from '../../src/runtime/definition/definition';
import type { LoadedFlow } from '../support/flow';
import { foamLog } from '../support/logs/foam-log';
import { diverging, endOf, flowForEach, give, load, pieces } from './monitor-setup';

const CRASH = '[1] #0  Foam::sigFpe::sigHandler(int)\n';

describe('The status of rescale-monitor-run', () => {
  flowForEach();

  /** The status that is shown when nothing more comes: each is sent after the last at the latest a quarter of a second later. */
  async function shown(loaded: LoadedFlow, fill: string, text: string): Promise<void> {
    await loaded.until(`${fill} ${text}`, () => {
      const last = loaded.statuses('node').at(-1);
      return last?.fill === fill && last.text === text ? true : undefined;
    });
  }
  const ended = (text: string, runId = '6', reason = 'completed'): Message[] => [
    ...pieces(text, 1000, { runId }),
    endOf({ runId }, reason),
  ];

  it('says of a log that has ended how: its last word', async () => {
    const loaded = await load();
    const flat = (field: string, step: number) =>
      Math.max(10 ** (-step / 40), 1e-3) * (field === 'p' ? 2 : 1) * (1 + 0.05 * Math.sin(step));
    for (const [text, fill, words] of [
      [foamLog({ steps: 50, end: CRASH }), 'red', 'run 6 crashed'],
      [foamLog({ steps: 50 }), 'green', 'run 6 ended'],
      [diverging(60, 40), 'red', 'run 6 diverges'],
      [foamLog({ steps: 50, end: '' }), 'yellow', 'run 6 ended: how?'],
      [foamLog({ steps: 600, residual: flat }), 'yellow', 'run 6 stalls'],
      ['nothing that is known\n', 'yellow', 'run 6 ended: how?'],
    ] as const) {
      await give(loaded, ended(text));
      await shown(loaded, fill, words);
      // The next log of the same place is another one.
      await give(loaded, pieces('Build  : v2412\n', 1));
      await shown(loaded, 'blue', '1 run');
      await give(loaded, [endOf({}, 'stopped')]);
    }
  });

  it('says that a follow was stopped, or gave up, and not that the run has ended', async () => {
    const loaded = await load();
    await give(loaded, ended(foamLog({ steps: 50, end: '' }), '6', 'deadline'));
    await shown(loaded, 'yellow', '@rescale-flows/node-red-rescale/rescale-platform:status.failed-deadline');
    await give(loaded, ended(foamLog({ steps: 50, end: '' }), '7', 'stopped'));
    await shown(loaded, 'grey', '@rescale-flows/node-red-rescale/rescale-platform:status.closed');
    await give(loaded, ended(foamLog({ steps: 50, end: CRASH }), '8', 'stopped'));
    await shown(loaded, 'red', 'run 8 crashed');
  });

  it('says of several that have ended which one needs a person', async () => {
    const loaded = await load();
    const good = foamLog({ steps: 50 });
    await give(
      loaded,
      ['1', '2', '3'].flatMap((runId) =>
        pieces(runId === '2' ? good.replace('End\n', CRASH) : good, 1000, { runId }),
      ),
    );
    await give(
      loaded,
      ['1', '2', '3'].map((runId) => endOf({ runId })),
    );
    await shown(loaded, 'red', '3 runs, run 2 crashed');
    await give(
      loaded,
      ['4', '5'].flatMap((runId) => pieces(good, 1000, { runId })),
    );
    await give(
      loaded,
      ['4', '5'].map((runId) => endOf({ runId })),
    );
    await shown(loaded, 'green', '2 runs');
  });

  it('says of a whole log how it ended', async () => {
    const loaded = await load();
    await give(loaded, [{ payload: foamLog({ steps: 50, end: CRASH }), runId: 3 }]);
    await shown(loaded, 'red', 'run 3 crashed');
    await give(loaded, [{ payload: foamLog({ steps: 50 }), runId: 4 }]);
    await shown(loaded, 'green', 'run 4 ended');
  });

  it('is silent no more when lines come', async () => {
    const loaded = await load({ silence: 0.005 });
    const [first, second] = pieces(foamLog({ steps: 20, end: '' }), 100) as [Message, Message];
    await give(loaded, [first]);
    await loaded.take('out2');
    await shown(loaded, 'yellow', 'run 6 silent');
    const before = loaded.statuses('node').length;
    await give(loaded, [second]);
    await loaded.until('blue again', () =>
      loaded
        .statuses('node')
        .slice(before)
        .some(({ fill, text }) => fill === 'blue' && text === '1 run')
        ? true
        : undefined,
    );
  });

  it('is over no limit when the value is back', async () => {
    const loaded = await load({ warmUp: '0', limits: [{ series: 'p', above: 5, below: '', hold: 1 }] });
    const lines = pieces(
      foamLog({
        steps: 30,
        end: '',
        residual: (field, step) => (field === 'p' && step > 9 && step < 13 ? 9 : 0.1),
      }),
      9,
    );
    const passed = lines.findIndex(({ payload }) => String(payload).includes('Time = 12'));
    await give(loaded, lines.slice(0, passed));
    await shown(loaded, 'yellow', 'run 6 over limit');
    await give(loaded, lines.slice(passed));
    await shown(loaded, 'blue', '1 run');
  });
});
