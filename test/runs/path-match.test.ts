import should from 'should';
import { findPath, matchPath } from '../../src/runs/files/path-match';

describe('The path of a file', () => {
  const address = { jobId: 'J', runId: '1' };
  const file = (id: string, dateUploaded: string | null) => ({
    id,
    relativePath: 'solver.log',
    dateUploaded,
  });
  const idOf = (...files: ReturnType<typeof file>[]) =>
    matchPath('solver.log', files, ({ relativePath }) => relativePath, address)!.id;

  it('that is listed twice means the one uploaded last', () => {
    const [early, late] = [file('early', '2026-01-10T08:00:00Z'), file('late', '2026-01-10T10:00:00+01:00')];
    idOf(early, late).should.equal('late');
    idOf(late, early).should.equal('late');
    idOf(file('first', null), file('second', null)).should.equal('first');
    idOf(file('undated', null), early).should.equal('early');
  });

  it('that a directory repeats is one, and two that end alike are two', () => {
    const pathOf = (path: string) => path;
    findPath('log', ['a/log', 'a/log'], pathOf, address)!.should.eql({ item: 'a/log', by: 'suffix' });
    should.throws(() => findPath('log', ['a/log', 'b/log', 'a/log'], pathOf, address), /a\/log, b\/log/);
  });
});
