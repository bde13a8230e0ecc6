import { definition, fixed, submissions, type, type CaughtMessage } from './submit-setup';

describe('rescale-submit-job', () => {
  const { nodes, place, asked, created, submitted, refusal } = submissions();

  it('makes a job from a definition, with its tokens, and submits it', async () => {
    const flow = await nodes.load({ type, from: 'definition', ...fixed('tokens', '{"speed": 12}', 'json') });
    flow.receive('node', { payload: definition, topic: 'kept' });
    const message = await flow.take('out');
    message['jobId']!.should.be.a.String();
    message['topic']!.should.equal('kept');
    const job = message.payload as { name: string; jobanalyses: { command: string; envVars: object }[] };
    job.name.should.startWith('beam 20');
    job.jobanalyses[0]!.command.should.equal('run --speed 12');
    // Licences stand there.
    job.jobanalyses[0]!.envVars.should.deepEqual({ LICENSE: '…' });
    (message.rescale as { submitted: boolean }).submitted.should.be.true();
    (message.rescale as { estimate: { cores: number; hours: number } }).estimate.should.have.properties({
      cores: 1,
      hours: 2,
    });
    created().length.should.equal(1);
    submitted().length.should.equal(1);
    await flow.status('node', ({ text }) => text?.includes(`submitted ${String(message['jobId'])}`) ?? false);
  });

  it('makes another one like a job, with a new parameter file, which has a run for each row', async () => {
    const flow = await nodes.load({
      type,
      ...fixed('source', 'foamSweep'),
      ...fixed('parameters', 'payload', 'msg'),
    });
    const source = (await clientJob('foamSweep')) as { jobvariables: { name: string }[] };
    const columns = source.jobvariables.map(({ name }) => name);
    const rows = [1, 2, 3].map((value) => Object.fromEntries(columns.map((name) => [name, value])));
    flow.receive('node', { payload: rows });
    const message = await flow.take('out');
    (message.payload as { clonedFrom: string }).clonedFrom.should.equal('foamSweep');
    asked('POST', /\/files\/contents\/$/).length.should.equal(1);
    nodes.simulator.advance(7_200);
    const runs = (await clientJob(`${String(message['jobId'])}/runs`)) as { count: number };
    runs.count.should.equal(3);
  });

  async function clientJob(jobId: string): Promise<unknown> {
    const { origin, token } = nodes.simulator;
    const answer = await fetch(`${origin}/api/v2/jobs/${jobId}/`, {
      headers: { authorization: `Token ${token}` },
    });
    return answer.json();
  }

  it('takes a definition with the core type and the figures as other clients write them', async () => {
    const [tile] = definition.jobanalyses;
    const hardware = { coreType: { code: 'emerald' }, coresPerSlot: '1', slots: '1', walltime: '2' };
    const flow = await nodes.load({
      type,
      from: 'definition',
      submit: false,
      ...fixed('tokens', '{"speed": 1}', 'json'),
    });
    flow.receive('node', { payload: { ...definition, jobanalyses: [{ ...tile, hardware }] } });
    const { payload } = await flow.take('out');
    const [made] = (payload as { jobanalyses: { hardware: object }[] }).jobanalyses;
    made!.hardware.should.containEql({ coreType: 'emerald', coresPerSlot: 1, slots: 1, walltime: 2 });
  });

  it('uploads inputs, and leaves a draft when it is not to be submitted', async () => {
    const flow = await nodes.load({
      type,
      from: 'definition',
      submit: false,
      ...fixed('tokens', '{"speed": 1}', 'json'),
      ...fixed('folder', place.folder),
      ...fixed('inputFiles', '["*.txt", {"name": "in.dat", "content": "x"}]', 'json'),
      ...fixed('jobName', 'as named'),
    });
    flow.receive('node', { payload: definition });
    const message = await flow.take('out');
    const job = message.payload as { name: string; jobanalyses: { inputFiles: { name: string }[] }[] };
    job.name.should.equal('as named');
    job.jobanalyses[0]!.inputFiles.map(({ name }) => name).should.deepEqual(['mesh.txt', 'in.dat']);
    (message.rescale as { submitted: boolean }).submitted.should.be.false();
    submitted().should.be.empty();
  });

  for (const [what, config, words, asItIs] of [
    ['a token without a value', {}, /\{\{speed\}\}/],
    ['a value without a token', fixed('tokens', '{"speed": 1, "depth": 2}', 'json'), /depth/],
    ['hours that are not whole', { ...fixed('walltime', '1.5', 'num') }, /whole number/],
    [
      'cores that do not fit',
      { ...fixed('coresPerSlot', '7', 'num'), ...fixed('coreType', 'marble') },
      /cores per slot: 7\./,
    ],
    ['an unknown core type', fixed('coreType', 'granite'), /granite/],
    ['an unknown project', fixed('project', 'nobody’s'), /nobody’s/],
    ['a table without rows', fixed('parameters', 'x,y\n'), /no row/],
    ['a ragged table', fixed('parameters', 'x,y\n1,2\n3\n'), /row 2/],
    [
      'a path outside the folder',
      { ...fixed('inputs', '["../secret"]', 'json'), ...fixed('folder', __dirname) },
      /not below/,
    ],
    [
      'an input that is not there',
      { ...fixed('inputs', '["none/*.txt"]', 'json'), ...fixed('folder', __dirname) },
      /none/,
    ],
    [
      'a name of an input that leads elsewhere',
      fixed('inputFiles', '[{"name": "../mesh.txt", "content": "x"}]', 'json'),
      /plain file name/,
    ],
    [
      'two inputs of one name',
      fixed('inputFiles', '[{"name": "a", "content": "x"}, {"name": "a", "content": "y"}]', 'json'),
      /called a/,
    ],
    [
      'no inputs in place of others',
      { ...fixed('inputFiles', '[]', 'json'), inputMode: 'replace' },
      /replace those of the source job is empty/,
    ],
    ['a version that the catalog does not have', fixed('analysisVersion', 'v0'), /no version v0/],
    [
      'a template that needs a column which the parameters do not have',
      { from: 'job', ...fixed('source', 'foamSweep'), ...fixed('parameters', 'x_velocity\n1\n') },
      /needs y_velocity/,
      true,
    ],
    ['a name of two lines', fixed('jobName', 'a\nb'), /one line/],
    [
      'a template that needs a value which a row does not have',
      {
        from: 'job',
        ...fixed('source', 'foamSweep'),
        ...fixed('parameters', 'x_velocity,y_velocity\n1,2\n1,\n'),
      },
      /needs y_velocity, and row 2/,
      true,
    ],
    ['a cost over the limit', { limitCost: 0.0001 }, /more than the limit/],
    ['parameters by semicolons', fixed('parameters', 'x;y\n1,5;2\n'), /separated by ;/],
  ] as [string, Record<string, unknown>, RegExp, true?][]) {
    it(`refuses ${what} before anything is made`, async () => {
      const tokens = asItIs || what.includes('token') ? {} : fixed('tokens', '{"speed": 1}', 'json');
      const { error } = await refusal({ ...tokens, ...config });
      ['RESCALE_INPUT', 'RESCALE_PATH'].should.containEql(error.code);
      error.message.should.match(words);
      asked('POST', /./).should.be.empty();
    });
  }

  for (const [what, broken, words] of [
    ['a function', { ...definition, run: () => 1 }, /run is nothing that JSON can hold \(function\)/],
    ['a BigInt', { ...definition, count: 10n }, /count .* \(bigint\)/],
    ['a Buffer', { ...definition, file: Buffer.from('x') }, /file .* \(Buffer\)/],
    ['a date', { ...definition, when: new Date(0) }, /when .* \(Date\)/],
    ['a number that is none', { ...definition, share: NaN }, /share .* \(NaN\)/],
    [
      'an environment that is a list',
      withTile({ envVars: [{ name: 'A', value: 'b' }] }),
      /envVars .* no object/,
    ],
    ['inputs that are no list', withTile({ inputFiles: 'x' }), /inputFiles .* no list/],
    ['a template task that is none', withTile({ templateTasks: [null] }), /templateTasks .* no list/],
    [
      'a circle',
      Object.assign({ ...definition }, { jobanalyses: circle() }),
      /jobanalyses\[0\]\.self .* \(circular\)/,
    ],
    [
      'values that another node left out',
      withTile({ envVars: { LICENSE: '…' } }),
      /variable LICENSE was left out/,
    ],
  ] as [string, unknown, RegExp][]) {
    it(`refuses a definition with ${what} before anything is made`, async () => {
      const { error } = await refusal(fixed('tokens', '{"speed": 1}', 'json'), { payload: broken });
      error.code.should.equal('RESCALE_INPUT');
      error.message.should.match(words);
      asked('POST', /./).should.be.empty();
    });
  }

  function withTile(more: object): unknown {
    return { ...definition, jobanalyses: [{ ...definition.jobanalyses[0], ...more }] };
  }

  function circle(): unknown[] {
    const tile: Record<string, unknown> = { ...definition.jobanalyses[0] };
    tile['self'] = tile;
    return [tile];
  }

  for (const [how, source, sourceType] of [
    ['of a list', 'payload.id', 'msg'],
    ['of an expression', 'payload.id', 'jsonata'],
    ['that says nothing of its job', 'jobId', 'msg'],
  ] as const) {
    it(`refuses a job from another platform, by a message ${how}`, async () => {
      const flow = await nodes.load({ type, source, sourceType });
      const rescale = { platform: 'https://eu.rescale.com', count: 1 };
      flow.receive('node', { jobId: 'foamSweep', payload: { id: 'foamSweep' }, rescale });
      const { error } = (await flow.take('caught')) as CaughtMessage;
      error.code.should.equal('RESCALE_INPUT');
      error.message.should.match(/foamSweep .* comes from https:\/\/eu\.rescale\.com, .* on http:/);
      nodes.simulator.requests().should.be.empty();
    });
  }

  it('refuses a job that a message brings from another platform', async () => {
    const flow = await nodes.load({ type });
    const rescale = { platform: 'https://eu.rescale.com', jobId: 'foamSweep' };
    flow.receive('node', { jobId: 'foamSweep', rescale });
    const { error } = (await flow.take('caught')) as CaughtMessage;
    error.code.should.equal('RESCALE_INPUT');
    error.message.should.match(/eu\.rescale\.com/);
    nodes.simulator.requests().should.be.empty();
  });

  it('refuses a job whose input was deleted, before anything is made', async () => {
    const { origin, token } = nodes.simulator;
    const { jobanalyses } = (await clientJob('foamSweep')) as {
      jobanalyses: { inputFiles: { id: string }[] }[];
    };
    const file = `${origin}/api/v2/files/${jobanalyses[0]!.inputFiles[0]!.id}/`;
    await fetch(file, { method: 'DELETE', headers: { authorization: `Token ${token}` } });
    const flow = await nodes.load({ type, ...fixed('source', 'foamSweep') });
    flow.receive('node', {});
    const { error } = (await flow.take('caught')) as CaughtMessage;
    error.message.should.match(/airFoil2D\.zip of job foamSweep was deleted/);
    asked('POST', /./).should.be.empty();
  });

  it('refuses everything on a platform that is read-only', async () => {
    const flow = await nodes.load({ type, from: 'definition' }, { readOnly: true });
    flow.receive('node', { payload: definition });
    ((await flow.take('caught')) as CaughtMessage).error.code.should.equal('RESCALE_READ_ONLY');
    nodes.simulator.requests().should.be.empty();
  });

  it('shows a doubt when the platform took the submission and no status can be read', async () => {
    const flow = await nodes.load({ type, from: 'definition', ...fixed('tokens', '{"speed": 12}', 'json') });
    nodes.simulator.setFaults([{ method: 'GET', path: '/statuses/$', status: 404, times: 0 }]);
    flow.receive('node', { payload: definition });
    const message = await flow.take('out');
    message.rescale!.should.have.properties({ submitted: true, confirmed: false });
    const { fill } = await flow.status('node', ({ text }) => text?.includes('submitted?') ?? false);
    fill!.should.equal('yellow');
    submitted().length.should.equal(1);
  });
});
