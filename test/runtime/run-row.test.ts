import 'should';
import type { Run } from '../../src/api/client/types';
import { runRow } from '../../src/runtime/editor/run-row';

const run = (variables: unknown) =>
  ({ id: '1', displayOrder: 1, dateStarted: null, dateCompleted: null, variables }) as unknown as Run;

describe('A run in the list of a dialog', () => {
  it('has its variables as they are shown', () => {
    const rows = [
      { name: 'speed', value: 2, displayValue: '2 m/s' },
      { name: 'angle', value: 5, displayValue: null },
    ];
    runRow(run(rows)).variables.should.eql([
      { name: 'speed', value: '2 m/s' },
      { name: 'angle', value: '5' },
    ]);
  });

  for (const odd of ['none', 5, {}, null, undefined, true])
    it(`has none where they are ${JSON.stringify(odd)}`, () => runRow(run(odd)).variables.should.eql([]));

  it('has those that can be read beside odd ones', () => {
    const rows = [null, 7, 'a', [1], { name: {}, value: { toString: 1 } }, { name: 'speed', value: 2 }];
    const { variables } = runRow(run(rows));
    variables.at(-1)!.should.eql({ name: 'speed', value: '2' });
    for (const { name, value } of variables) [typeof name, typeof value].should.eql(['string', 'string']);
  });
});
