import 'should';
import { listProblems } from '../../scripts/nodes/lists';
import { sources } from './shipped';

describe('Every list of nodes', () => {
  it('names every node', () => {
    listProblems(sources.nodes).should.eql([]);
  });
});
