import should from 'should';
import { bench, closeAll, type Bench } from './calls';
import { uploaded } from './upload';

const JOBS = '/api/v2/jobs/';

const openfoam = {
  analysis: { code: 'openfoam_plus', version: 'v2012+-intelmpi' },
  command: 'simpleFoam | tee log.simpleFoam',
  hardware: { coreType: 'marble', coresPerSlot: 16 },
};
const plain = {
  analysis: { code: 'user_included', version: '0' },
  command: 'echo hello',
  hardware: { coreType: 'emerald', coresPerSlot: 1 },
};

async function submitted(at: Bench, tile: object, more: object = {}): Promise<string> {
  const told = await at.post(JOBS, { name: 'job', jobanalyses: [tile], ...more });
  told.status.should.equal(201, told.text);
  const answer = await at.post(`${JOBS}${told.json.id}/submit/`, { waiveSla: true });
  answer.should.containEql({ status: 200, text: '' });
  return String(told.json.id);
}

const runsOf = async (at: Bench, job: string) =>
  (await at.get(`${JOBS}${job}/runs/?page_size=10000`)).json.results as {
    id: string;
    dateStarted: string | null;
    dateCompleted: string | null;
    outputFileCount: number;
    variables: { name: string; value: unknown; displayValue: string }[];
  }[];

async function outputs(at: Bench, job: string): Promise<Map<string, string>> {
  const { results } = (await at.get(`${JOBS}${job}/runs/1/files/?page_size=500`)).json;
  const texts = new Map<string, string>();
  for (const { id, relativePath } of results)
    texts.set(relativePath, (await at.get(`/api/v2/files/${id}/contents/`)).text);
  return texts;
}

describe('a submitted job of the simulator', () => {
  afterEach(closeAll);

  it('goes through the statuses in the real order, each row staying', async () => {
    const at = await bench();
    const job = await submitted(at, plain);
    const statuses = async () =>
      (await at.get(`${JOBS}${job}/statuses/?page_size=50`)).json.results
        .map(({ status }: { status: string }) => status)
        .reverse();
    (await statuses()).should.deepEqual(['Pending']);
    (await at.get(`${JOBS}${job}/cluster_statuses/`)).status.should.equal(404);
    (await at.get(`${JOBS}${job}/runs/`)).json.count.should.equal(0);
    const seen: string[] = [];
    for (let second = 0; second < 300; second += 5) {
      const latest = (await statuses()).at(-1);
      if (latest !== seen.at(-1)) seen.push(latest);
      at.simulator.advance(5);
    }
    seen.should.deepEqual([
      'Pending',
      'Waiting for Queue',
      'Queued',
      'Started',
      'Validated',
      'Executing',
      'Completed',
    ]);
    (await statuses()).should.deepEqual(seen);
    const cluster = (await at.get(`${JOBS}${job}/cluster_statuses/`)).json;
    should(cluster.next).equal(null);
    cluster.results[0].status.should.equal('Stopped');
  });

  it('computes one run, with its inputs beside its outputs and what its command printed', async () => {
    const at = await bench();
    const input = await uploaded(at, 'case.txt', 'inlet 3');
    const job = await submitted(at, {
      ...plain,
      command: 'echo hello\nsleep 120\nexit 3',
      inputFiles: [{ id: input.id }],
    });
    at.simulator.advance(240);
    const live = (await at.get(`${JOBS}${job}/runs/1/directory-contents/`)).json.map(
      ({ path }: { path: string }) => path,
    );
    live.should.containEql('shared/case.txt').and.containEql('process_output.log');
    (await at.get(`${JOBS}${job}/instances/`)).json.results[0].should.have.properties(
      'clusterId',
      'publicHostname',
      'publicIp',
      'username',
    );
    at.simulator.advance(200);
    const files = await outputs(at, job);
    files.get('case.txt')!.should.equal('inlet 3');
    files.get('process_output.log')!.should.match(/\]: hello\n.*\]: Exited with code 3\n$/s);
    const [run] = await runsOf(at, job);
    run!.should.containEql({ id: '1', variables: [], outputFileCount: files.size });
    const [last, before] = (await at.get(`${JOBS}${job}/statuses/`)).json.results;
    [before.status, before.statusReason, last.status].should.deepEqual([
      'Stopping',
      'A run failed',
      'Completed',
    ]);
  });

  it('computes a run for each row of its parameter file, texts staying texts, as many at a time as it has slots', async () => {
    const at = await bench();
    const table = await uploaded(
      at,
      'winds.csv',
      '\uFEFFx_velocity,y_velocity,description\r\n20,1.50,case 1a\r\n22,3,"b, c"\r\n24,5,\r\n',
      3,
    );
    const template = await uploaded(
      at,
      'U.template',
      'uniform (${x_velocity} ${y_velocity?string("0.000")} ${unknown});',
      2,
    );
    const script = await uploaded(at, 'extract.py', "print('%s\\t%s' % (k, v))", 4);
    const job = await submitted(
      at,
      {
        ...openfoam,
        hardware: { ...openfoam.hardware, slots: '2' },
        templateTasks: [{ templateFile: { id: template.id }, processedFilename: 'airFoil2D/0/U' }],
        postProcessScript: { id: script.id },
        postProcessScriptCommand: 'python extract.py log.simpleFoam Cd Cl',
      },
      { paramFile: { id: table.id } },
    );
    at.simulator.advance(200);
    const running = (await runsOf(at, job)).map(({ dateStarted }) => dateStarted !== null);
    running.should.deepEqual([true, true, false]);
    (await at.get(`${JOBS}${job}/`)).json.expectedRuns.should.equal(3);
    at.simulator.advance(4000);
    const runs = await runsOf(at, job);
    runs
      .map(({ variables }) => variables.slice(0, 3).map(({ value }) => value))
      .should.deepEqual([
        [20, 1.5, 'case 1a'],
        [22, 3, 'b, c'],
        [24, 5, ''],
      ]);
    runs[0]!.variables
      .map(({ displayValue }) => displayValue)
      .slice(0, 2)
      .should.deepEqual(['20', '1.50']);
    const lift = runs.map(({ variables }) => variables.find(({ name }) => name === 'Cl')!.value as number);
    lift[0]!.should.be.below(lift[1]!);
    const files = await outputs(at, job);
    files.get('airFoil2D/0/U')!.should.equal('uniform (20 1.500 ${unknown});');
    files.get('log.simpleFoam')!.should.endWith('End\n\nFinalising parallel run\n');
    files.get('process_output.log')!.should.containEql(`]: Cl\t${lift[0]}\n`);
  });

  it('computes all combinations of fixed ranges, and a nominal run beside them', async () => {
    const at = await bench();
    const range = (name: string, minvalue: number, maxvalue: number, increment: number) => ({
      name,
      variableType: 'Param',
      valueGeneratorType: 'FixedRange',
      valueGeneratorSettings: { minvalue, maxvalue, increment },
    });
    const one = await submitted(at, plain, { jobvariables: [range('x', 1, 10, 1)] });
    const two = await submitted(at, plain, {
      jobvariables: [range('x', 0, 0.3, 0.1), range('y', 1, 2, 1)],
      includeNominalRun: true,
    });
    at.simulator.advance(60);
    (await runsOf(at, one))
      .map(({ variables }) => variables[0]!.value)
      .should.deepEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const runs = await runsOf(at, two);
    runs.should.have.length(9);
    runs[0]!.variables.should.be.empty();
    runs
      .at(-1)!
      .variables.map(({ value }) => value)
      .should.deepEqual([0.3, 2]);
  });

  it('gives results that a finer sweep around the best run makes better', async () => {
    const at = await bench();
    const script = await uploaded(at, 'post.sh', 'printf "drag\\t%s\\n" $DRAG', 4);
    const best = async (minvalue: number, maxvalue: number, increment: number) => {
      const job = await submitted(
        at,
        { ...plain, postProcessScript: { id: script.id } },
        {
          jobvariables: [
            {
              name: 'chord',
              valueGeneratorType: 'FixedRange',
              valueGeneratorSettings: { minvalue, maxvalue, increment },
            },
          ],
        },
      );
      at.simulator.advance(20_000);
      return (await runsOf(at, job))
        .map(({ variables }) => ({
          chord: variables[0]!.value as number,
          drag: variables[1]!.value as number,
        }))
        .sort((one, other) => one.drag - other.drag)[0]!;
    };
    const coarse = await best(10.5, 100, 10);
    const fine = await best(coarse.chord - 5, coarse.chord + 5, 1);
    fine.drag.should.be.belowOrEqual(coarse.drag);
  });

  it('ends when it is told to: gracefully, by force, and with its cluster', async () => {
    const at = await bench();
    for (const [how, statuses] of [
      ['stop', ['Completed', 'Stopping']],
      ['force_stop', ['Force Stop', 'Executing']],
      ['shutdown', ['Completed', 'Stopping']],
    ] as const) {
      const job = await submitted(at, openfoam);
      at.simulator.advance(400);
      (await at.post(`${JOBS}${job}/${how}/`)).should.containEql({ status: 202, text: '' });
      at.simulator.advance(120);
      const rows = (await at.get(`${JOBS}${job}/statuses/`)).json.results;
      rows
        .slice(0, 2)
        .map(({ status }: { status: string }) => status)
        .should.deepEqual([...statuses]);
      (await at.get(`${JOBS}${job}/cluster_statuses/`)).json.results[0].status.should.equal('Stopped');
      (await at.post(`${JOBS}${job}/submit/`)).status.should.equal(200);
      (await at.get(`${JOBS}${job}/statuses/`)).json.results.should.have.length(rows.length);
    }
  });

  it('is cut at its wall time, and computes its tiles one after the other until one fails', async () => {
    const at = await bench();
    const cut = await submitted(at, {
      ...plain,
      command: 'sleep 9000',
      hardware: { ...plain.hardware, walltime: 1 },
    });
    const tiles = await submitted(at, plain, {
      jobanalyses: [
        { ...plain, command: 'echo one; sleep 60' },
        { ...plain, command: 'false' },
        { ...plain, command: 'echo three' },
      ],
    });
    at.simulator.advance(5000);
    const [run] = await runsOf(at, cut);
    (Date.parse(run!.dateCompleted!) - Date.parse(run!.dateStarted!)).should.equal(3_600_000);
    (await outputs(at, cut)).get('process_output.log')!.should.endWith('Exited with code 143\n');
    const log = (await outputs(at, tiles)).get('process_output.log')!;
    log.should.containEql(']: one\n').and.not.containEql('three');
    log.should.endWith('Exited with code 1\n');
  });
});
