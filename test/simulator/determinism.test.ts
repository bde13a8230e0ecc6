import { createHash } from 'node:crypto';
import { bench, closeAll } from './calls';

const paths = [
  'jobs/',
  'jobs/foamSweep/',
  'jobs/foamSweep/runs/?page_size=24',
  'jobs/foamSweep/statuses/',
  'jobs/foamSweep/cluster_statuses/',
  'jobs/foamSweep/files/?page_size=1000',
  'jobs/foamSweep/runs/5/directory-contents/',
  'jobs/foamSweep/runs/5/tail/shared/log.simpleFoam?lines=50',
  'jobs/foamSweep/runs/5/tail/process_output.log',
  'jobs/longRun/runs/1/tail/shared/solver.log?lines=3',
  'jobs/mine/files/',
  'jobs/XXXXX/runs/1/files/?page=3',
];

/** Everything that a simulator of this seed tells over an hour and a half of its time. */
async function transcript(
  seed: number,
  order: (paths: string[]) => string[] = (given) => given,
): Promise<string> {
  const { get, post, simulator } = await bench({ seed });
  simulator.createJob({
    id: 'mine',
    runs: [{ duration: 900, files: [{ path: 'shared/a.bin', bytes: 5000 }] }],
  });
  const told = new Map<string, string>();
  for (let round = 0; round < 6; round += 1) {
    if (round === 1) await post('/api/v2/jobs/mine/runs/1/snapshot/');
    if (round === 2) await post('/api/v2/jobs/foamSweep/runs/5/stop/');
    for (const path of order(paths)) {
      const answer = await get(`/api/v2/${path}`);
      const line = [answer.status, answer.headers.get('content-type'), answer.text].join(' ');
      told.set(`${round} ${path}`, line.replaceAll(simulator.origin, 'ORIGIN'));
    }
    simulator.advance(900);
  }
  await closeAll();
  const hash = createHash('sha256');
  for (const key of [...told.keys()].sort()) hash.update(`${key}\n${told.get(key)}\n`);
  return hash.digest('hex');
}

describe('the simulator, asked the same again', () => {
  afterEach(closeAll);

  it('answers the same, byte for byte, after another start and in another order', async () => {
    const first = await transcript(7);
    (await transcript(7)).should.equal(first);
    (await transcript(7, (given) => [...given].reverse())).should.equal(first);
  });

  it('answers otherwise for another seed', async () => {
    (await transcript(7)).should.not.equal(await transcript(8));
  });

  it('knows a file by its id before it was ever listed', async () => {
    const one = await bench();
    one.simulator.advance(200);
    const [, log] = (await one.get('/api/v2/jobs/bigFiles/files/')).json.results;
    const other = await bench();
    other.simulator.advance(200);
    (await other.get(`/api/v2/files/${log.id}/`)).json.decryptedSize.should.equal(log.decryptedSize);
  });
});
