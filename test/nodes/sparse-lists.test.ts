import 'should';
import type { Message } from '../../src/runtime/definition/definition';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

/** One row, put into a list by its time: 20,000,001 places. Without a bound each of these tests takes seconds, by 1,700,000,000 it ends the process. */
function byTime(row: unknown): unknown[] {
  const list: unknown[] = [];
  list[20_000_000] = row;
  return list;
}

/** Milliseconds from message to Catch; going over all places takes thousands. */
const AT_ONCE = 700;
const places = { jobId: 'j1', runId: '2', path: 'process_output.log' };

const NODES: Record<string, Record<string, unknown>> = {
  'rescale-download-files': { to: 'buffer' },
  'rescale-tabulate-runs': {},
  'rescale-draw-chart': {},
  'rescale-monitor-run': {},
  'rescale-submit-job': { from: 'definition', definition: 'payload', definitionType: 'msg' },
  'rescale-list-runs': {},
  'rescale-get-run': {},
  'rescale-stop-run': {},
  'rescale-snapshot-run': {},
  'rescale-list-files': {},
  'rescale-list-directory': {},
  'rescale-tail-file': {},
  'rescale-follow-file': {},
  'rescale-wait-run': {},
  'rescale-list-jobs': {},
};

describe('a list with a very large index', () => {
  const suite = nodesOnSimulator();

  beforeEach(() => {
    suite.simulator.createJob({ id: 'j1', runs: [{ duration: 1 }, { duration: 100_000 }] });
    suite.simulator.advance(500);
  });

  const brought: Record<string, () => Message> = {
    'msg.payload': () => ({ payload: byTime({ id: 'f1', x: 1 }) }),
    'msg.payload.rows': () => ({ payload: { rows: byTime({ x: 1 }) } }),
    'msg.history': () => ({ payload: 'f1', history: byTime({ x: 1 }) }),
  };
  for (const [type, fields] of Object.entries(NODES)) {
    it(`is refused by ${type} at once, and Catch gets the rest`, async () => {
      const flow = await suite.load({ type, ...fields });
      for (const [where, make] of Object.entries(brought)) {
        const began = performance.now();
        flow.receive('node', { ...places, ...make(), also: [1] });
        const caught = await flow.take('caught');
        (performance.now() - began).should.be.below(AT_ONCE);
        caught.error!.should.have.property('code', 'RESCALE_INPUT');
        const { message } = caught.error as { message: string };
        message.should.startWith(`${where} is a list with a very large index`);
        caught.should.containDeep({ ...places, also: [1] });
        await flow.status('node', ({ fill, text }) => fill === 'red' && text === `check ${where}`);
      }
    });
  }

  it('that a context holds is refused by those that take a list from there', async () => {
    for (const [type, field] of [
      ['rescale-download-files', 'files'],
      ['rescale-submit-job', 'inputFiles'],
      ['rescale-submit-job', 'parameters'],
    ] as const) {
      const flow = await suite.load({
        type,
        to: 'buffer',
        source: 'j1',
        sourceType: 'str',
        [field]: 'list',
        [`${field}Type`]: 'flow',
      });
      flow
        .node('node')
        .context()
        .flow.set('list', byTime({ id: 'f1' }));
      const began = performance.now();
      flow.receive('node', {});
      const { error } = await flow.take('caught');
      (performance.now() - began).should.be.below(AT_ONCE);
      (error as { message: string }).message.should.startWith('flow.list is a list with a very large index');
      await flow.unload();
    }
  });

  it('of jobs that a context holds is refused by watch runs', async () => {
    const flow = await suite.load(
      { type: 'rescale-watch-runs', scope: 'jobs', jobs: 'list', jobsType: 'global' },
      {},
      {
        settings: {
          functionGlobalContext: { list: byTime('j1') },
        },
      },
    );
    const { error } = await flow.take('caught');
    (error as { message: string }).message.should.startWith('global.list is a list with a very large index');
  });

  it('deep in a message is kept from Catch, and of the rest nothing is lost', async () => {
    const flow = await suite.load({ type: 'rescale-get-run' });
    const small = Array.from({ length: 300 }, (_, place) => ({ place }));
    const began = performance.now();
    flow.receive('node', {
      jobId: 'j1',
      runId: '77',
      small,
      deep: [...small, { deeper: { list: byTime(1) } }],
    });
    const caught = await flow.take('caught');
    (performance.now() - began).should.be.below(2 * AT_ONCE);
    caught.error!.should.have.property('code', 'RESCALE_NOT_FOUND');
    caught.should.have.property('small', small);
    caught.should.not.have.property('deep');
  });

  it('of variables in a run costs none of them', async () => {
    const flow = await suite.load({ type: 'rescale-tabulate-runs' });
    const run = { id: '1', variables: byTime({ name: 'angle', value: 5 }) };
    const others = Array.from({ length: 300 }, (_, place) => ({ id: `r${place}`, variables: [] }));
    flow.receive('node', { payload: [...others, run] });
    const { payload } = await flow.take('out');
    (payload as unknown[]).at(-1)!.should.containEql({ run: '1', angle: 5 });
  });
});
