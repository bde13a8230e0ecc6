import 'should';
import { startSimulator, type FaultRule, type Simulator } from '../../src/simulator';
import type { Message } from '../../src/runtime/definition/definition';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';

interface Asker {
  node: { type: string } & Record<string, unknown>;
  message: Message;
}

/** What asks in each of the scopes that the platform counts by itself. */
const SCOPES = ['jobs', 'files', 'submit'] as const;
type Scope = (typeof SCOPES)[number];

const strikes: Record<Scope, Pick<FaultRule, 'method' | 'path'>> = {
  jobs: { method: 'GET', path: '^/jobs/' },
  files: { method: 'GET', path: '^/files/' },
  submit: { method: 'POST', path: '/submit/$' },
};

describe('A 429 in one scope', () => {
  let simulator: Simulator;
  let fileId: string;

  // One for each test, because a pause belongs to its address and key.
  beforeEach(async () => {
    simulator = await startSimulator({ speed: 0 });
    simulator.createJob({
      id: 'over',
      runs: [{ duration: 1, files: [{ path: 'out.txt', content: 'x' }] }],
    });
    simulator.advance(1000);
    const response = await fetch(`${simulator.origin}/api/v2/jobs/over/runs/1/files/`, {
      headers: { Authorization: `Token ${simulator.token}` },
    });
    const { results } = (await response.json()) as { results: { id: string; name: string }[] };
    fileId = results.find(({ name }) => name === 'out.txt')!.id;
  });

  afterEach(() => simulator.close());

  const askers = (): Record<Scope, Asker> => ({
    jobs: { node: { type: 'rescale-get-run' }, message: { jobId: 'over', runId: '1' } },
    files: {
      node: { type: 'rescale-download-files', to: 'buffer', complete: false },
      message: { jobId: 'over', runId: '1', payload: fileId },
    },
    submit: {
      node: { type: 'rescale-submit-job', source: 'foamSweep', sourceType: 'str' },
      message: {},
    },
  });

  async function loadAll(): Promise<LoadedFlow> {
    const platform = platformOf(simulator, { rate: '', patience: 3 });
    const [around, options] = flowAround(askers().jobs.node, platform);
    const others = (['files', 'submit'] as const).map((scope) => ({
      z: 'tab',
      name: '',
      platform: platform.node.id,
      wires: [['out']],
      ...askers()[scope].node,
      id: scope,
    }));
    return loadFlow([...around, ...others], options);
  }
  const idOf = (scope: Scope) => (scope === 'jobs' ? 'node' : scope);

  for (const struck of SCOPES) {
    it(`of ${struck} pauses that one, and the others go on`, async () => {
      const flow = await loadAll();
      try {
        simulator.setFaults([{ ...strikes[struck], status: 429, retryAfter: { seconds: 60 }, times: 1 }]);
        flow.receive(idOf(struck), askers()[struck].message);
        const refused = await flow.take('caught');
        refused.error!.should.have.property('code', 'RESCALE_RATE_LIMIT');
        simulator.clearRequests();
        for (const scope of SCOPES) {
          // To make a job needs those, too.
          if (scope === struck || (scope === 'submit' && struck === 'jobs')) continue;
          flow.receive(idOf(scope), askers()[scope].message);
          (await flow.take('out')).rescale!.should.have.property('status');
        }
        // The scope itself is not asked again before its time.
        flow.receive(idOf(struck), askers()[struck].message);
        (await flow.take('caught')).error!.should.have.property('code', 'RESCALE_RATE_LIMIT');
        const { method, path } = strikes[struck];
        const asked = simulator.requests().map((one) => `${one.method} ${one.url}`);
        asked
          .filter((line) => new RegExp(`^${method} .*${path!.replace('^', '').replace('$', '')}`).test(line))
          .should.be.empty();
      } finally {
        await flow.unload();
      }
    });
  }
});
