import 'should';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFlow, type FlowNode, type LoadedFlow } from '../support/flow';
import { localFlow } from '../support/local-flow';

/** A node of a shipped example, as it is set there. */
function nodeOf(example: string, type: string): FlowNode {
  const path = join(__dirname, '../../examples', `${example}.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as FlowNode[]).find((node) => node.type === type)!;
}

const steps = (line: (step: number) => string) =>
  Array.from({ length: 60 }, (_, index) => {
    return `Time = ${index + 1}\n${line(index + 1)}ExecutionTime = ${index} s\n`;
  }).join('');
const solve = (field: string, residual: string | number) =>
  `smoothSolver:  Solving for ${field}, Initial residual = ${residual}, Final residual = 1e-08, No Iterations 2\n`;

const HEALTHY: Record<string, string> = {
  'whose head speaks of floating point exceptions':
    'nProcs : 1\ntrapFpe: Floating point exception trapping enabled (FOAM_SIGFPE).\n' +
    steps((step) => solve('Ux', (0.1 / step).toExponential(3))),
  'that solves one field several times a step': steps((step) =>
    [0, 1, 2, 3, 4, 5].map((sweep) => solve('p', (0.02 / 3 ** sweep / step ** 0.1).toExponential(3))).join(''),
  ),
  'that solves a field exactly': steps(() => solve('rho', 0)),
};

describe('The shipped examples on odd inputs', () => {
  const flows: LoadedFlow[] = [];
  afterEach(async () => {
    for (const flow of flows.splice(0)) await flow.unload();
  });

  async function load(example: string, type: string): Promise<LoadedFlow> {
    const nodes = localFlow(nodeOf(example, type)).map((node) =>
      node.id === 'node' && type === 'rescale-monitor-run'
        ? { ...node, z: 'tab', durable: false, wires: [[], ['out']] }
        : node.id === 'node'
          ? { ...node, z: 'tab', wires: [['out']] }
          : node,
    );
    const flow = await loadFlow(nodes);
    flows.push(flow);
    return flow;
  }

  const topicsOf = async (log: string): Promise<string[]> => {
    const flow = await load('34 - alert when a run diverges', 'rescale-monitor-run');
    flow.receive('node', { jobId: 'J', runId: '1', payload: log.split('\n') });
    await flow.take('completed');
    return flow.received('out').map(({ topic }) => String(topic));
  };

  for (const [what, log] of Object.entries(HEALTHY)) {
    it(`34 is silent on a healthy log ${what}`, async () => {
      (await topicsOf(log)).filter((topic) => topic !== 'run/log-ended').should.be.empty();
    });
  }

  const diverging = {
    'whose solves end worse than they begin': (step: number) =>
      step < 40
        ? solve('e.gas', '1e-05')
        : 'smoothSolver:  Solving for e.gas, Initial residual = 0.5, Final residual = 1e+04, No Iterations 1000\n',
    'whose residual leaves all bounds': (step: number) =>
      solve('e.gas', step < 40 ? '1e-05' : (10 ** (step - 44)).toExponential(3)),
  };
  for (const [how, line] of Object.entries(diverging)) {
    it(`34 alerts on a field with a dot in its name ${how}`, async () => {
      (await topicsOf(steps(line))).should.containEql('run/diverging');
    });
  }

  it('32 makes its table of a sweep with a run that has no start, and one without results', async () => {
    const good = (id: string, Cl: number | null) => ({
      id,
      dateStarted: '2026-01-10T08:00:00Z',
      dateCompleted: '2026-01-10T09:00:00Z',
      variables: [
        { name: 'Cl', value: Cl, displayValue: String(Cl) },
        { name: 'Cd', value: Cl === null ? null : 0.1, displayValue: '' },
      ],
    });
    const runs = [good('1', 0.4), good('2', null), { ...good('3', 0.9), dateStarted: null, variables: [] }];
    const flow = await load('32 - table of results', 'rescale-tabulate-runs');
    flow.receive('node', { jobId: 'J', payload: runs });
    const table = await flow.take('out');
    (table.payload as unknown[]).should.have.length(3);
    flow.received('caught').should.be.empty();
  });
});
