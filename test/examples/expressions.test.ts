import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonata from 'jsonata';
import should from 'should';

const folder = join(__dirname, '..', '..', 'examples');

interface Rule {
  p: string;
  to: string;
  tot: string;
}

/** The JSONata of all examples, by the name of the example and the property that it sets. */
function expressions(): { example: string; property: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) =>
      (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { type: string; rules?: Rule[] }[])
        .filter(({ type }) => type === 'change')
        .flatMap(({ rules = [] }) => rules)
        .filter(({ tot }) => tot === 'jsonata')
        .map(({ p, to }) => ({ example: name, property: p, text: to })),
    );
}

const variable = (name: string, value: number | null) => ({ name, value, displayValue: '' });
const run = (id: string, Cl: number | null, Cd: number | null) => ({
  id,
  dateStarted: '2026-01-10T08:00:00Z',
  dateCompleted: '2026-01-10T09:00:00Z',
  variables: [variable('Cl', Cl), variable('Cd', Cd)],
});

describe('expressions of the examples', () => {
  const sweep = expressions().filter(({ text }) => text.includes('variables'));

  for (const { example, property, text } of sweep) {
    it(`${example}: ${property} stands runs without results, without a start and without variables`, async () => {
      const payload = [
        run('1', 0.4, 0.1),
        run('2', null, null),
        run('3', 0.9, null),
        { ...run('4', 0.3, 0.1), dateStarted: null },
        { ...run('5', 0.3, 0.1), dateCompleted: null },
        { ...run('6', 0.3, 0.1), variables: [] },
      ];
      should(await jsonata(text).evaluate({ payload })).not.be.undefined();
    });
  }

  it('example 24 takes the best of the runs that have results', async () => {
    const { text } = sweep.find(({ example, property }) => example.startsWith('24') && property === 'best')!;
    const payload = [run('1', 0.4, 0.1), run('2', null, null), run('3', 0.9, 0.1), run('4', 2, 0)];
    should(await jsonata(text).evaluate({ payload })).have.property('run', '3');
  });
});
