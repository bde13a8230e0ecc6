import 'should';
import { fetchSweeps } from './complete-results';

describe('watch, list, download, next step', function () {
  this.timeout(120_000);

  it('gets all files of all runs of a sweep', async () => {
    const [verdict] = await fetchSweeps(1, 2400);
    verdict!.errors.should.eql([]);
    verdict!.missing.should.eql([]);
    verdict!.runs.should.equal(24);
    verdict!.fetched.should.equal(verdict!.listed);
    verdict!.listed.should.be.above(24 * 5);
  });
});
