import should from 'should';
import type { TableRow } from '../../src/insight/table/row';
import type { TableFacts } from '../../src/insight/table/table';
import type { Message } from '../../src/runtime/definition/definition';
import { loadFlow, type LoadedFlow } from '../support/flow';
import { localFlow } from '../support/local-flow';

const type = 'rescale-tabulate-runs';

const run = (id: string, Cl: number | null, changes = {}) => ({
  id,
  displayOrder: Number(id),
  dateStarted: '2026-01-10T08:00:00Z',
  dateCompleted: '2026-01-10T08:30:00Z',
  variables: [
    { name: 'angle', value: Number(id), displayValue: id, isRelative: false },
    { name: 'Cl', value: Cl, displayValue: '', isRelative: false },
    { name: 'mesh', value: null, displayValue: 'fine', isRelative: false },
  ],
  ...changes,
});
const outcome = (result: string) => ({ result, reason: '', evidence: [] });
const sweep = {
  payload: [run('1', 0.4), run('2', 9), run('3', 0.9), run('4', null, { dateCompleted: null })],
  jobId: 'dmpTse',
  topic: 'kept',
  rescale: {
    platform: 'https://eu.rescale.com',
    jobId: 'dmpTse',
    outcomes: { 1: outcome('succeeded'), 2: outcome('failed'), 3: outcome('succeeded') },
  },
};

describe('rescale-tabulate-runs', () => {
  let flow: LoadedFlow | null = null;
  afterEach(() => flow?.unload());

  const send = async (fields: Record<string, unknown>, message: Message = sweep) => {
    flow = await loadFlow(localFlow({ type, ...fields }));
    flow.receive('node', message);
    return flow;
  };
  const tabulate = async (fields: Record<string, unknown>, message?: Message) => {
    const out = await (await send(fields, message)).take('out');
    return { out, facts: (out.rescale as { table: TableFacts }).table };
  };

  it('keeps a column of own rows that is called __proto__, under a name of its own', async () => {
    const payload = JSON.parse('[{"a":1,"__proto__":5,"b":2},{"a":3}]') as unknown;
    const { out, facts } = await tabulate({}, { payload });
    out.payload!.should.eql([
      { a: 1, '__proto__ (variable)': 5, b: 2 },
      { a: 3, '__proto__ (variable)': null, b: null },
    ]);
    Object.getPrototypeOf((out.payload as object[])[0]).should.equal(Object.prototype);
    facts.rows.should.equal(2);
    await flow!.unload();
    const csv = await tabulate({ format: 'csv' }, { payload });
    String(csv.out.payload).should.startWith('a,__proto__ (variable),b\r\n1,5,2\r\n');
  });

  it('leaves out of a list what is no row, and says of how many in yellow', async () => {
    const { out, facts } = await tabulate({}, { payload: [{ a: 1 }, null, { a: 2 }, 7, 'x'] });
    out.payload!.should.eql([{ a: 1 }, { a: 2 }]);
    facts.should.have.properties({ rows: 2, leftOut: 3 });
    await flow!.status('node', ({ fill, text }) => fill === 'yellow' && text === '2 rows, 3 left out');
    flow!.received('caught').should.be.empty();
  });

  it('names the row and the property that can not be read', async () => {
    const odd = (name: string) =>
      Object.defineProperty({}, name, {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      });
    for (const [payload, property, row] of [
      [[{ a: 1 }, odd('Cl')], 'Cl', 2],
      [odd('Cl'), 'Cl', 1],
      [[{ ...run('1', 1), variables: [{ name: 'x', value: 1 }, odd('name')] }], 'variables.1.name', 1],
      [
        [
          { a: 1 },
          {
            id: '2',
            get variables() {
              throw new Error('no');
            },
          },
        ],
        'variables',
        2,
      ],
    ] as const) {
      const caught = await (await send({ goals: [{ name: 'Cl', goal: 'min' }] }, { payload })).take('caught');
      caught.error!.should.have.property('code', 'RESCALE_INPUT');
      (caught.error as { message: string }).message.should.equal(
        `${property} of row ${row} can’t be read: no. Put a plain value there.`,
      );
      await flow!.unload();
    }
  });

  it('makes rows of the runs of a job, and keeps what the message carries', async () => {
    const { out, facts } = await tabulate({ goals: [{ name: 'Cl', goal: 'max' }] });
    (out.payload as TableRow[])[0]!.should.eql({
      run: '1',
      state: 'completed',
      result: 'succeeded',
      started: '2026-01-10T08:00:00Z',
      ended: '2026-01-10T08:30:00Z',
      minutes: 30,
      angle: 1,
      Cl: 0.4,
      mesh: 'fine',
      best: false,
      front: false,
      link: 'https://eu.rescale.com/jobs/dmpTse/runs/1/results/',
    });
    (out.payload as TableRow[])[3]!.should.have.properties({ state: 'running', result: null, minutes: null });
    facts.should.have.properties({ rows: 4, leftOut: 0, best: { Cl: '3' }, front: ['3'] });
    facts.excluded.should.eql({ failed: 1, unranked: 1, text: ['mesh'], constant: [] });
    out.should.have.properties({ topic: 'kept', jobId: 'dmpTse' });
    out.rescale!.should.have.property('platform', 'https://eu.rescale.com');
    await flow!.take('completed');
    await flow!.status('node', ({ fill, text }) => fill === 'green' && text === '4 rows');
  });

  it('counts what it leaves out', async () => {
    const { out, facts } = await tabulate({ include: 'succeeded' });
    (out.payload as TableRow[]).map(({ run: id }) => id).should.eql(['1', '3']);
    facts.should.have.properties({ rows: 2, leftOut: 2 });
    await flow!.status('node', ({ text }) => text === '2 rows, 2 left out');
  });

  it('reads the outcome of a single run', async () => {
    const message = {
      payload: run('7', 1),
      rescale: { platform: 'simulator', jobId: 'a', runId: '7', outcome: outcome('stopped') },
    };
    const { out } = await tabulate({}, message);
    (out.payload as TableRow[])[0]!.should.have.properties({ run: '7', result: 'stopped', link: null });
  });

  it('calls a run that the platform gave no end ended, once its job has given it a result', async () => {
    const message = {
      payload: [run('1', 1, { dateCompleted: null })],
      rescale: { outcomes: { 1: outcome('unknown') } },
    };
    const { out } = await tabulate({}, message);
    (out.payload as TableRow[])[0]!.should.have.properties({ state: 'ended', result: 'unknown' });
  });

  for (const [format, expected] of [
    ['csv', /^run,state,result,.*\r\n1,completed,succeeded,/],
    [
      'html',
      /^<table [^>]*style="[\s\S]*<a href="https:\/\/eu\.rescale\.com\/jobs\/dmpTse\/runs\/1\/results\/"[^>]*>open<\/a>/,
    ],
    ['markdown', /^\| run \| state \|/],
  ] as const) {
    it(`writes ${format}`, async () => {
      const { out } = await tabulate({ format });
      should(out.payload).match(expected);
    });
  }

  it('takes the chosen columns with their headings', async () => {
    const columns = [{ name: 'Cl', title: 'Lift' }, { name: 'run' }];
    const { out } = await tabulate({ columns, format: 'csv', sort: 'Cl', descending: true, limit: 2 });
    should(out.payload).equal('Lift,run\r\n9,2\r\n0.9,3');
  });

  it('warns with yellow of a goal whose column holds texts, not of one that runs have yet to reach', async () => {
    const payload = sweep.payload.slice(0, 3);
    const goals = [{ name: 'mesh', goal: 'min' }];
    const { facts } = await tabulate({ goals }, { payload });
    facts.should.have.properties({ best: { mesh: null }, front: [], goalsWithoutNumbers: ['mesh'] });
    await flow!.status('node', ({ fill, text }) => fill === 'yellow' && text === 'no numbers in mesh');
    await flow!.unload();
    const open = await tabulate({ goals });
    open.facts.goalsWithoutNumbers.should.eql([]);
  });

  it('warns with yellow of a column that no row has', async () => {
    const payload = sweep.payload.slice(0, 3);
    const { facts } = await tabulate({ goals: [{ name: 'cl', goal: 'max' }] }, { payload });
    facts.should.have.properties({ best: { cl: null }, missing: ['cl'] });
    await flow!.status('node', ({ fill, text }) => fill === 'yellow' && text === 'no column cl');
  });

  it('misses no result of runs that still compute', async () => {
    const payload = [run('1', null, { dateCompleted: null, variables: [] })];
    const { facts } = await tabulate({ goals: [{ name: 'Cl', goal: 'max' }] }, { payload });
    facts.missing.should.eql([]);
    await flow!.status('node', ({ fill }) => fill === 'green');
  });

  it('names a goal of which no run that is over has anything, also while others compute', async () => {
    const goals = [
      { name: 'cl', goal: 'max' },
      { name: 'Cl', goal: 'max' },
    ] as const;
    const open = run('4', null, { dateCompleted: null, variables: [] });
    const { facts } = await tabulate({ goals }, { payload: [...sweep.payload.slice(0, 3), open] });
    facts.should.have.properties({ missing: [], goalsWithoutNumbers: ['cl'] });
    await flow!.status('node', ({ fill, text }) => fill === 'yellow' && text === 'no numbers in cl');
  });

  it('refuses two opposite goals for one column, and names it', async () => {
    const goals = [
      { name: 'Cl', goal: 'max' },
      { name: 'Cl', goal: 'min' },
    ];
    const { error } = await (await send({ goals })).take('caught');
    should(error).have.property('code', 'RESCALE_INPUT');
    (error as { message: string }).message.should.match(/goals.*Cl/);
    flow!.received('out').should.be.empty();
  });

  it('correlates inputs with goals', async () => {
    const payload = Array.from({ length: 9 }, (_, index) => ({ x: index, y: 2 * index, z: 1 }));
    const fields = { correlate: 'pearson', goals: [{ name: 'y', goal: 'min' }] };
    const { facts } = await tabulate(fields, { payload });
    facts.correlations.should.eql([{ input: 'x', output: 'y', coefficient: 1, n: 9 }]);
  });

  for (const [what, payload] of [
    ['a text', 'none'],
    ['nothing', undefined],
    ['numbers', [1, 2]],
    ['lists', [[1], [2]]],
  ] as const) {
    it(`refuses ${what} in one sentence`, async () => {
      const error = (await (await send({}, { payload })).take('caught')).error!;
      error.should.have.property('code', 'RESCALE_INPUT');
      flow!.received('out').should.be.empty();
    });
  }

  for (const [field, value] of [
    ['goals', [{ name: 'Cl', goal: 'best' }]],
    ['goals', 'Cl'],
    ['columns', [{ title: 'no name' }]],
    ['format', 'xlsx'],
    ['limit', -1],
  ] as const) {
    it(`refuses ${JSON.stringify(value)} as ${field}, and names it`, async () => {
      const { error } = await (await send({ [field]: value })).take('caught');
      should(error).have.property('code', 'RESCALE_INPUT');
      (error as { message: string }).message.should.containEql(field);
    });
  }

  it('makes an empty table of no runs', async () => {
    const { out, facts } = await tabulate({ goals: [{ name: 'Cl', goal: 'max' }] }, { payload: [] });
    should(out.payload).eql([]);
    facts.should.have.properties({ rows: 0, best: { Cl: null }, missing: [] });
  });
});
