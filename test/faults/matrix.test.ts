import 'should';

import type { Expectation, Fault } from './expectations';
import { faults, neverWorked } from './fault-list';
import { runCells, type CellReport } from './matrix';
import { nodesUnderTest, type NodeUnderTest } from './node-list';

/** Every node meets every fault of the platform. What each cell must come to stands in the lists beside this file. */
const strayErrors: unknown[] = [];
const note = (error: unknown) => strayErrors.push(error);
const matrix = new Map<string, Map<string, string>>();

/** What a node is to make of a fault; undefined where the fault can't strike it. */
/** What holds runs in common asks the platform by itself, and tells of an address that has never worked at once. */
const asksAtOnce = ({ type }: NodeUnderTest) => type === 'rescale-wait-run' || type === 'rescale-watch-runs';

function expectationOf(node: NodeUnderTest, fault: Fault): Expectation | undefined {
  const own = node.otherwise[fault.name];
  if (own) return own;
  const expected = fault.expected[node.kind];
  if (expected && asksAtOnce(node) && neverWorked.has(fault.name)) return { ...expected, caught: 1 };
  if (!expected || typeof expected.asked !== 'number' || expected.outcome !== 'result') return expected;
  // What is said of the first request holds for a node that asks several times.
  return { ...expected, asked: expected.asked + node.asks - 1 };
}

describe('every node under every fault', function () {
  this.timeout(90_000);

  before(() => {
    // A rejection that nobody handles ends Node-RED; mocha would only report it beside some test.
    process.on('unhandledRejection', note);
  });
  after(() => {
    process.off('unhandledRejection', note);
    console.log(printed(matrix));
  });

  for (const node of nodesUnderTest) {
    describe(node.type, () => {
      const struck = faults.filter((fault) => expectationOf(node, fault));
      let reports = new Map<string, CellReport>();

      before(async () => {
        const made = await runCells(node, struck);
        reports = new Map(made.map((report) => [report.fault, report]));
        for (const { fault, outcome, asked } of made) {
          const row = matrix.get(fault) ?? new Map<string, string>();
          row.set(node.type, `${outcome.replace('RESCALE_', '')} ${asked}`);
          matrix.set(fault, row);
        }
      });

      for (const fault of struck) {
        const expected = expectationOf(node, fault)!;
        it(`${fault.name}: ${expected.outcome}`, () => {
          const report = reports.get(fault.name)!;
          const failed = expected.outcome !== 'result';
          report.outcome.should.equal(expected.outcome, report.words);
          if (typeof expected.asked === 'number') report.asked.should.equal(expected.asked, 'requests');
          else report.asked.should.be.aboveOrEqual(expected.asked.least, 'requests');
          // One end for each message: Catch or Complete, never both and never twice.
          report.caught.should.equal(failed ? 1 : (expected.caught ?? 0), report.words || 'Catch');
          const byItself = node.sends !== undefined || fault.disturbance?.from === 'restart';
          report.completed.should.equal(failed || byItself ? 0 : 1, 'Complete');
          report.sent.should.equal(failed ? 0 : (node.sends ?? node.messages ?? 1), 'messages');
          if (report.next !== null) {
            report.next.should.equal(expected.next ?? 'result', 'the next message');
            report.ends.should.equal(2, 'ends of two messages');
          }
          if (failed) report.words.should.match(/^\S.{20,}/s).and.not.match(/\[object|undefined|Axios/);
          report.traces.should.eql([], 'the key shows');
          report.strayed.should.equal(0, 'requests to another host');
        });
      }
    });
  }

  it('lets nothing escape that would end Node-RED', () => {
    strayErrors.should.eql([]);
  });
});

/** The matrix as a table: what came, and how many requests it took. */
function printed(cells: Map<string, Map<string, string>>): string {
  const columns = nodesUnderTest.map(({ type }) => type);
  const widest = Math.max(...[...cells.keys()].map((name) => name.length));
  const width = (type: string) => Math.max(type.length - 'rescale-'.length, 13);
  const line = (name: string, of: (type: string) => string) =>
    [name.padEnd(widest), ...columns.map((type) => of(type).padEnd(width(type)))].join('  ').trimEnd();
  return [
    '',
    line('fault', (type) => type.replace('rescale-', '')),
    ...[...cells].map(([name, row]) => line(name, (type) => row.get(type) ?? '·')),
    '',
  ].join('\n');
}
