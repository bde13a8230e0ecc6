import 'should';
import { fileIds } from '../../src/simulator/model/file-ids';
import { bench, closeAll } from './calls';

describe('large jobs in the simulator', () => {
  afterEach(closeAll);

  it('are listed in little time: ten of 500 runs, a hundred of 100, one of 10,000', async () => {
    const { get, simulator } = await bench();
    const script = (runs: number) => ({
      runs: Array.from({ length: runs }, (_, at) => ({
        startsAt: at,
        duration: 300,
        variables: [{ name: 'x', value: at }],
      })),
    });
    const jobs = [
      ...Array.from({ length: 10 }, () => simulator.createJob(script(500))),
      ...Array.from({ length: 100 }, () => simulator.createJob(script(100))),
    ];
    const big = simulator.createJob({ runs: 10_000 });
    simulator.advance(400);
    const list = async (job: string, page = 1) =>
      (await get(`/api/v2/jobs/${job}/runs/?page_size=1000&page=${page}`)).json.results;
    const began = process.cpuUsage();
    for (const job of jobs) (await list(job)).length.should.be.within(100, 500);
    const seen = new Set<string>();
    for (let page = 1; page <= 10; page += 1)
      for (const { id } of await list(big, page)) seen.add(String(id));
    const { user, system } = process.cpuUsage(began);
    seen.size.should.equal(10_000);
    // Client and server together, for 25,000 runs; generous, because the machine is shared.
    ((user + system) / 1e6).should.be.below(8);
    (await get('/api/v2/jobs/?page_size=1000')).json.count.should.be.above(110);
    (await get(`/api/v2/jobs/${big}/runs/10000/`)).json.displayOrder.should.equal(10_000);
  });

  it('give each of their logs an id that finds it', async () => {
    const { get, simulator } = await bench();
    const job = simulator.createJob({ runs: 3000 });
    simulator.advance(700);
    const seen = new Set<string>();
    for (let page = 1; page <= 3; page += 1) {
      const query = `?search=process_output.log&page_size=1000&page=${page}`;
      for (const { id } of (await get(`/api/v2/jobs/${job}/files/${query}`)).json.results)
        seen.add(String(id));
    }
    seen.size.should.equal(3000);
    const last = [...seen].at(-1)!;
    (await get(`/api/v2/files/${last}/`)).json.path.should.containEql('/run3000/');
  });

  it('find one of thousands of files without looking at the others', async () => {
    const { get, simulator } = await bench();
    const files = Array.from({ length: 5000 }, (_, at) => ({ path: `${at}.vtk`, content: String(at) }));
    const job = simulator.createJob({ runs: [{ duration: 60, files }] });
    simulator.advance(600);
    const { results } = (await get(`/api/v2/jobs/${job}/runs/1/files/?page_size=1000`)).json;
    const began = process.cpuUsage();
    for (const { id, name } of results.slice(1, 501)) {
      const { text } = await get(`/api/v2/files/${String(id)}/contents/`);
      `${text}.vtk`.should.equal(name);
    }
    const { user, system } = process.cpuUsage(began);
    // Client and server together; a look at all 5,000 files each time took more than ten seconds.
    ((user + system) / 1e6).should.be.below(5);
  });

  it('have file ids that lead back to their places, short ones while they fit', () => {
    for (const seed of [0, 1, 4_000_000_000]) {
      const { idOf, locationOf } = fileIds(seed);
      for (const job of [0, 1, 255, 256, 90_000]) {
        for (const run of [1, 16_383, 16_384, 900_000]) {
          for (const fileIndex of [0, 400, 4095, 4096, 16_000]) {
            const id = idOf({ job, run, fileIndex });
            id.should.have.length(job < 256 && run < 16_384 && fileIndex < 4096 ? 6 : 9);
            locationOf(id)!.should.deepEqual({ job, run, fileIndex });
          }
        }
      }
    }
  });
});
