import should from 'should';
import type { Run } from '../../../src/api/client/types';
import type { TableRow } from '../../../src/insight/table/row';
import { rowsOf } from '../../../src/insight/table/run-rows';
import { makeTable } from '../../../src/insight/table/table';
import { request } from './table-request';

const variable = (name: string, value: unknown, displayValue = '') => ({ name, value, displayValue });
const run = (id: string, variables: object[], changes: Partial<Run> = {}) =>
  ({
    id,
    dateStarted: '2026-01-10T08:00:00Z',
    dateCompleted: '2026-01-10T08:30:20Z',
    variables,
    ...changes,
  }) as unknown as Run;

const facts = {
  state: (one: Run) => (one.dateCompleted ? 'completed' : 'running'),
  result: (id: string) => (id === '9' ? 'failed' : 'succeeded'),
  link: (id: string) => `https://platform.example/runs/${id}`,
};

describe('rows of runs', () => {
  it('have what the run says, its variables, its result and its page', async () => {
    should(await rowsOf([run('1', [variable('alpha', 4), variable('mesh', null, 'fine')])], facts)).eql([
      {
        run: '1',
        state: 'completed',
        result: 'succeeded',
        started: '2026-01-10T08:00:00Z',
        ended: '2026-01-10T08:30:20Z',
        minutes: 30.33,
        alpha: 4,
        mesh: 'fine',
        link: 'https://platform.example/runs/1',
      },
    ]);
  });

  describe('of which values are texts', () => {
    const column = async (...values: unknown[]) => {
      const runs = values.map((value, index) =>
        run(String(index + 1), [variable('x', value, typeof value === 'string' ? value : '')]),
      );
      return (await rowsOf(runs, facts))!.map(({ x }) => x);
    };

    it('have numbers where all texts of the column are numbers', async () => {
      should(await column('1.5', '-2e-3', ' 20.0 ', '.5', '+3')).eql([1.5, -0.002, 20, 0.5, 3]);
      should(await column('1.50', 2, null, '3')).eql([1.5, 2, null, 3]);
    });

    it('keep what stands for no number, which makes no names of the others', async () => {
      should(await column('1.5', 'nan', 'inf', '-', '2')).eql([1.5, 'nan', 'inf', '-', 2]);
    });

    it('keep names and ids as they are, in the whole column', async () => {
      for (const name of ['007', 'fine', '1,5', '12345678901234567890', '1.2.3', '0x10', '1 2'])
        should(await column('1.5', name, 3)).eql(['1.5', name, 3], name);
    });

    it('are best, on the front and in a correlation', async () => {
      const runs = Array.from({ length: 8 }, (_, index) =>
        run(String(index + 1), [
          variable('alpha', String(index), String(index)),
          variable('Cd', `${8 - index}.5e-2`, `${8 - index}.5e-2`),
        ]),
      );
      const rows = (await rowsOf(runs, { ...facts, result: () => 'succeeded' }))!;
      const goals = [{ name: 'Cd', goal: 'min' as const }];
      const { facts: told } = await makeTable(rows, request({ goals, correlate: 'spearman' }));
      told.best.should.eql({ Cd: '8' });
      told.goalsWithoutNumbers.should.eql([]);
      told.correlations[0]!.should.have.properties({ input: 'alpha', output: 'Cd', coefficient: -1, n: 8 });
    });
  });

  it('have nothing of what every object inherits, in columns of such names', async () => {
    const named = ['constructor', 'toString'];
    const rows = await rowsOf(
      [
        run('1', []),
        run(
          '2',
          named.map((name) => variable(name, 1.5)),
        ),
      ],
      facts,
    );
    const table = await makeTable(
      rows!,
      request({ sort: 'toString', goals: [{ name: 'constructor', goal: 'min' }] }),
    );
    should(table.rows.map((row) => ['run', ...named].map((name) => row[name]))).eql([
      ['2', 1.5, 1.5],
      ['1', null, null],
    ]);
    should(
      JSON.stringify(await makeTable([...rows!, JSON.parse('{"__proto__":5}') as TableRow], request())),
    ).not.match(/function/);
  });

  it('have nothing where the run says nothing', async () => {
    const [row] = (await rowsOf(run('1', [variable('Cl', null)], { dateCompleted: null }), facts))!;
    should(row).have.properties({ state: 'running', ended: null, minutes: null, Cl: null });
  });

  it('keep a variable that is called like a column of every run', async () => {
    const [row] = (await rowsOf(run('7', [variable('run', 3), variable('state', null, 'solid')]), facts))!;
    should(row).have.properties({ run: '7', 'run (variable)': 3, state: 'completed' });
    should(row).have.property('state (variable)', 'solid');
  });

  it('keep each of two variables of one name, one that would be no column, and none without a name', async () => {
    const variables = [
      variable('a', 1),
      variable('a', 2),
      variable('a', null, 'x'),
      variable('__proto__', 5),
    ];
    const [row] = (await rowsOf(run('1', [...variables, { value: 1 }, { name: null, value: 2 }]), facts))!;
    should(row).have.properties({ a: 1, 'a (2)': 2, 'a (3)': 'x', '__proto__ (variable)': 5 });
    should(Object.keys(row!)).have.length(6 + 4 + 1);
  });

  it('are rows of runs that have no variables yet', async () => {
    const bare = { ...run('1', []), variables: null };
    should((await rowsOf([bare], facts))![0]).have.properties({ run: '1', state: 'completed' });
  });

  it('are rows of one’s own as they are, and nothing that is no row', async () => {
    should(await rowsOf([{ id: 4, Cl: 1 }], facts)).eql([{ id: 4, Cl: 1 }]);
    for (const payload of ['text', 7, null, [1], [[1]], new Array(2), Buffer.from('x')]) {
      should(await rowsOf(payload, facts)).be.null();
    }
    should(await rowsOf([], facts)).eql([]);
    should(await rowsOf([null, { Cl: 1 }, 7, ['x'], { Cl: 2 }], facts)).eql([{ Cl: 1 }, { Cl: 2 }]);
  });
});

const sweep: TableRow[] = [
  { run: '1', result: 'succeeded', alpha: 0, Cl: 0.2, Cd: 0.01, mesh: 'fine', Re: 5 },
  { run: '2', result: 'succeeded', alpha: 4, Cl: 0.7, Cd: 0.02, mesh: 'fine', Re: 5 },
  { run: '10', result: 'failed', alpha: 8, Cl: 99, Cd: -1, mesh: 'fine', Re: 7 },
  { run: '3', result: 'succeeded', alpha: 8, Cl: 1.1, Cd: 0.02, mesh: 'fine', Re: 5 },
  { run: '4', result: 'unknown', alpha: 6, Cl: null, Cd: 0.001, mesh: 'fine', Re: 5 },
];
const goals = [
  { name: 'Cl', goal: 'max' },
  { name: 'Cd', goal: 'min' },
] as const;

describe('a table', () => {
  it('names the best row of each goal and the front, without failed and incomplete rows', async () => {
    const { rows, facts: told } = await makeTable(sweep, request({ goals }));
    should(told.best).eql({ Cl: '3', Cd: '4' });
    should(told.front).eql(['1', '3']);
    should(rows.map(({ best }) => best)).eql([false, false, false, true, true]);
    // Of the last one a goal is not known, so that nobody can tell.
    should(rows.map(({ front }) => front)).eql([true, false, false, true, null]);
    should(told.excluded).have.properties({ failed: 1, unranked: 1 });
    should(Object.keys(rows[0]!)).eql(['run', 'result', 'alpha', 'Cl', 'Cd', 'mesh', 'Re', 'best', 'front']);
  });

  it('counts what is left out, and leaves rows that say nothing of how they ended', async () => {
    const told = (await makeTable(sweep, request({ include: 'succeeded', limit: 2 }))).facts;
    should(told).have.properties({ rows: 2, leftOut: 3 });
    should((await makeTable([{ a: 1 }], request({ include: 'succeeded' }))).facts).have.property('rows', 1);
  });

  it('tells extremes by the rows of the output, null for a row that the limit cut off', async () => {
    const { extremes } = (await makeTable(sweep, request({ sort: 'alpha', descending: true, limit: 2 })))
      .facts;
    should(extremes.Cl).eql({ min: 0.2, max: 1.1, minRow: null, maxRow: 1 });
    should(extremes).not.have.property('mesh');
  });

  it('sorts numbers by size, texts by the figures in them, and puts rows without a value last', async () => {
    const order = async (sort: string, descending: boolean) =>
      (await makeTable(sweep, request({ sort, descending }))).rows.map(({ run: id }) => id);
    should(await order('run', false)).eql(['1', '2', '3', '4', '10']);
    should(await order('run', true)).eql(['10', '4', '3', '2', '1']);
    should(await order('Cl', false)).eql(['1', '2', '3', '10', '4']);
    should(await order('Cl', true)).eql(['10', '3', '2', '1', '4']);
  });

  it('has the columns that were chosen, with a blank heading for none, and says which are missing', async () => {
    const {
      rows,
      columns,
      facts: told,
    } = await makeTable(
      sweep,
      request({
        columns: [
          { name: 'Cl', title: 'Lift' },
          { name: 'CD', title: '' },
        ],
        goals: [{ name: 'lift', goal: 'max' }],
      }),
    );
    should(rows[0]).eql({ Cl: 0.2, CD: null });
    should(columns).eql([
      { name: 'Cl', title: 'Lift' },
      { name: 'CD', title: 'CD' },
    ]);
    should(told.missing).eql(['CD', 'lift']);
    should(told.best).eql({ lift: null });
  });

  it('stands no rows', async () => {
    const told = (await makeTable([], request({ goals, correlate: 'pearson', sort: 'Cl' }))).facts;
    should(told).have.properties({ rows: 0, leftOut: 0, front: [], correlations: [], missing: [] });
    should(told.best).eql({ Cl: null, Cd: null });
  });
});

describe('correlations', () => {
  const rows = Array.from({ length: 12 }, (_, index) => ({
    run: String(index),
    result: index === 3 ? 'failed' : 'succeeded',
    x: index,
    y: index === 3 ? 1e9 : index ** 3,
    z: index === 5 ? NaN : -index,
    few: index < 7 ? index : null,
    mesh: String(index),
    Re: 5e5,
  }));

  it('are over the rows that have both numbers and did not fail', async () => {
    const { facts: told } = await makeTable(
      rows,
      request({ correlate: 'spearman', goals: [{ name: 'y', goal: 'min' }] }),
    );
    should(
      told.correlations.map(({ coefficient, ...pair }) => ({ ...pair, about: coefficient.toFixed(9) })),
    ).eql([
      { input: 'x', output: 'y', n: 11, about: '1.000000000' },
      { input: 'z', output: 'y', n: 10, about: '-1.000000000' },
    ]);
    should(told.excluded).eql({ failed: 1, unranked: 0, text: ['mesh'], constant: ['Re'] });
  });

  it('have the coefficient of Pearson', async () => {
    const { facts: told } = await makeTable(
      rows,
      request({ correlate: 'pearson', isInput: (name) => name === 'x' }),
    );
    const pair = told.correlations.find(({ output }) => output === 'y')!;
    should(pair.coefficient).be.approximately(0.904688, 1e-6);
    should(told.correlations.map(({ output }) => output)).eql(['y', 'z']);
  });

  it('share the middle of their ranks among equal numbers', async () => {
    const x = [1, 1, 2, 3, 3, 3, 4, 5];
    const y = [2, 1, 2, 4, 3, 3, 5, 5];
    const { facts: told } = await makeTable(
      x.map((value, index) => ({ x: value, y: y[index] })),
      request({ correlate: 'spearman', isInput: (name) => name === 'x' }),
    );
    should(told.correlations[0]!.coefficient).be.approximately(0.956325, 1e-6);
  });
});
