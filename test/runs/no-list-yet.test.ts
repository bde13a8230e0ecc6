import 'should';
import { awaitCompleteList } from '../../src/runs/files/complete-list';
import { tailFile } from '../../src/runs/lines/tail-file';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

const SENTENCE =
  'No files are listed of run 1 of job calc, or there is no such run for this key. The list runs node shows what there is.';
const RUN = { jobId: 'calc', runId: '1' };

describe('A run whose list of files is not there for some time after its end', () => {
  let place: RunsOnSimulator;

  beforeEach(async () => {
    place = await runsOnSimulator();
    const files = [{ path: 'log', content: 'a\nb\n' }];
    place.simulator.createJob({ id: 'calc', runs: [{ duration: 100, outputsAfter: 0, files }] });
    place.simulator.advance(101);
  });
  afterEach(() => place.close());

  const isMissing = (times = 1000) =>
    place.simulator.setFaults([{ method: 'GET', path: '/runs/1/files/', status: 404, times }]);
  const tail = () =>
    tailFile(
      place.client,
      { ...RUN, path: 'log', lines: 10, format: 'lines', finished: 'file', limitBytes: 1e6 },
      place.work(),
    );

  it('is waited for, and is complete then', async () => {
    isMissing(6);
    const work = place.work();
    (await awaitCompleteList(place.client, RUN, work)).should.have.properties({ complete: true, listed: 2 });
    work.facts.map(({ doing }) => doing).should.containEql('awaiting-files');
  });

  it('has its file read then', async () => {
    isMissing(6);
    (await tail()).content.should.eql(['a', 'b']);
  });

  it('is not complete where the list never comes, and nobody says that there is no such run', async () => {
    isMissing();
    (await awaitCompleteList(place.client, RUN, place.work())).complete.should.be.false();
    const error = await failureOf(tail());
    error.code.should.equal('RESCALE_NOT_FOUND');
    error.message.should.equal(SENTENCE);
  });

  it('is not waited for when the run ended long ago', async () => {
    place.simulator.advance(3600);
    isMissing();
    (await failureOf(awaitCompleteList(place.client, RUN, place.work()))).message.should.equal(SENTENCE);
    (await failureOf(tail())).message.should.equal(SENTENCE);
  });
});
