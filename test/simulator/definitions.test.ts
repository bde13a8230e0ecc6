import should from 'should';
import { bench, closeAll, type Bench } from './calls';
import { uploaded } from './upload';

const JOBS = '/api/v2/jobs/';

/** The smallest body that works everywhere. */
const small = (more: object = {}, tile: object = {}) => ({
  name: 'wing',
  jobanalyses: [
    {
      analysis: { code: 'user_included', version: '0' },
      command: 'echo hello',
      hardware: { coreType: 'emerald', coresPerSlot: 2 },
      ...tile,
    },
  ],
  ...more,
});

const send = (at: Bench, method: string, path: string, body?: object) =>
  at.get(path, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });

describe('definitions of jobs in the simulator', () => {
  afterEach(closeAll);

  it('are created with 201 and told back whole, files as whole files, without a status or a run', async () => {
    const at = await bench();
    const input = await uploaded(at, 'mesh.zip', 'zip');
    const told = await at.post(
      JOBS,
      small(
        { isLowPriority: true, projectId: 'structures' },
        { inputFiles: [{ id: input.id, decompress: false }], envVars: { LICENSE: '1055@host' } },
      ),
    );
    told.status.should.equal(201);
    const { jobanalyses, ...job } = told.json;
    job.should.containEql({
      name: 'wing',
      isLowPriority: true,
      projectId: 'structures',
      expectedRuns: null,
      clonedFrom: null,
    });
    job.should.not.have.property('jobStatus');
    jobanalyses[0].should.containEql({
      command: 'echo hello',
      envVars: { LICENSE: '1055@host' },
      useMpi: false,
    });
    jobanalyses[0].analysis.should.deepEqual({
      code: 'user_included',
      name: 'Bring Your Own Software',
      version: '0',
      versionName: '0',
    });
    jobanalyses[0].hardware.should.deepEqual({
      coreType: 'emerald',
      coresPerSlot: 2,
      slots: 1,
      walltime: null,
      type: 'compute',
      coreSummary: 2,
    });
    jobanalyses[0].inputFiles.should.deepEqual([{ ...input, decompress: false }]);
    (await at.get(`${JOBS}${job.id}/`)).json.should.deepEqual(told.json);
    (await at.get(`${JOBS}${job.id}/runs/`)).json.count.should.equal(0);
    (await at.get(`${JOBS}${job.id}/statuses/`)).json.count.should.equal(0);
    const [row] = (await at.get(`${JOBS}?search=wing`)).json.results;
    row.should.containEql({ id: job.id, jobStatus: { content: '' } });
  });

  it('have the core type as a text in v1 and v2, as an object in v3, and are refused the other way round', async () => {
    const at = await bench();
    const v3 = small({}, { hardware: { coreType: { code: 'emerald' }, coresPerSlot: 2 } });
    for (const [prefix, good, bad] of [
      ['/api/v2/', small(), v3],
      ['/api/', small(), v3],
      ['/api/v3/', v3, small()],
    ] as const) {
      const told = await at.post(`${prefix}jobs/`, good);
      told.status.should.equal(201);
      should(told.json.jobanalyses[0].hardware.coreType).deepEqual(
        prefix === '/api/v3/' ? { code: 'emerald', name: 'Emerald' } : 'emerald',
      );
      const refused = await at.post(`${prefix}jobs/`, bad);
      refused.status.should.equal(400);
      refused.json.jobanalyses[0].hardware.coreType.should.have.length(1);
    }
    const { json } = await at.post('/api/v3/jobs/', v3);
    json.should.containEql({ folderId: null, userTags: [], elapsedWalltimeSeconds: null });
    json.jobanalyses[0].analysis.should.have.properties('id', 'type');
  });

  it('are refused with errors nested like the request', async () => {
    const at = await bench();
    const refusals: [body: object, told: object][] = [
      [{}, { name: ['This field is required.'], jobanalyses: ['This field is required.'] }],
      [small({ name: ' ' }), { name: ['This field may not be blank.'] }],
      [small({ jobanalyses: [] }), { jobanalyses: ['This list may not be empty.'] }],
      [small({ projectId: 'nowhere' }), { projectId: ['Invalid pk "nowhere" - object does not exist.'] }],
      [
        small({}, { hardware: { coreType: 'emerald', coresPerSlot: 3 } }),
        {
          jobanalyses: [
            {
              hardware: {
                coresPerSlot: ['3 is not valid for Emerald: use 1, 2, 4, 9, 18, 36 or a multiple of 36.'],
              },
            },
          ],
        },
      ],
      [
        small({}, { hardware: { coreType: 'emerald', coresPerSlot: 2, walltime: 1.5 } }),
        { jobanalyses: [{ hardware: { walltime: ['A valid integer is required.'] } }] },
      ],
      [
        small({}, { hardware: { coreType: 'obsidian', coresPerSlot: 4 } }),
        { jobanalyses: [{ hardware: { walltime: ['Obsidian requires a walltime.'] } }] },
      ],
      [
        small({}, { hardware: { coreType: 'iron', coresPerSlot: 4 } }),
        { jobanalyses: [{ hardware: { coreType: ['"iron" is not a core type that can be used.'] } }] },
      ],
      [
        small({}, { analysis: { code: 'openfoam', version: '99' } }),
        { jobanalyses: [{ analysis: { version: ['"99" is not a version of openfoam.'] } }] },
      ],
      [
        small({}, { analysis: { code: 'abaqus', version: '2023' }, command: 'abaqus job=beam' }),
        { jobanalyses: [{ command: ['The command of an Abaqus job needs the word interactive.'] }] },
      ],
      [
        small({}, { inputFiles: [{ id: 'nothing' }] }),
        { jobanalyses: [{ inputFiles: [{ id: ['Invalid pk "nothing" - object does not exist.'] }] }] },
      ],
      [
        small({}, { userDefinedLicenseSettings: { featureSets: [] }, useRescaleLicense: true }),
        {
          jobanalyses: [
            {
              userDefinedLicenseSettings: [
                'Can not be combined with a Rescale license or an on-demand license seller.',
              ],
            },
          ],
        },
      ],
    ];
    for (const [body, expected] of refusals) {
      const told = await at.post(JOBS, body);
      told.status.should.equal(400, JSON.stringify(body));
      told.json.should.deepEqual(expected);
    }
    const [good] = small().jobanalyses;
    const second = await at.post(JOBS, small({ jobanalyses: [good, { ...good, command: '' }] }));
    second.json.should.deepEqual({ jobanalyses: [{}, { command: ['This field may not be blank.'] }] });
    (
      await at.get(JOBS, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })
    ).json.detail.should.startWith('JSON parse error');
    (await at.get(`${JOBS}?search=wing`)).json.count.should.equal(0);
  });

  it('name files of the right type only', async () => {
    const at = await bench();
    const plain = await uploaded(at, 'table.csv', 'x\n1\n');
    const told = await at.post(JOBS, small({ paramFile: { id: plain.id } }));
    told.json.should.deepEqual({ paramFile: { id: ['The file has type 1, and 3 is needed.'] } });
    const table = await uploaded(at, 'table.csv', 'x,text\n1,case 1a\n', 3);
    const good = await at.post(JOBS, small({ paramFile: { id: table.id }, jobvariables: [] }));
    good.json.jobvariables
      .map(({ name, variableType }: { name: string; variableType: string }) => [name, variableType])
      .should.deepEqual([
        ['x', 'Param'],
        ['text', 'Param'],
      ]);
  });

  it('read the project by one of its two names, whichever is chosen', async () => {
    for (const [projectKey, expected] of [
      [undefined, [null, 'structures']],
      ['project_id', ['structures', null]],
    ] as const) {
      const at = await bench({ habits: { projectKey } });
      const projects: unknown[] = [];
      for (const key of ['project_id', 'projectId'])
        projects.push((await at.post(JOBS, small({ [key]: 'structures' }))).json.projectId);
      projects.should.deepEqual(expected);
    }
  });

  it('change by PATCH and PUT while they are drafts; later that is 200 without effect', async () => {
    const at = await bench();
    const { id } = (await at.post(JOBS, small())).json;
    const patched = await send(at, 'PATCH', `${JOBS}${id}/`, { name: 'wing 2', projectId: 'aerodynamics' });
    patched.should.containEql({ status: 200 });
    patched.json.should.deepEqual({ id, isLowPriority: false, name: 'wing 2', projectId: 'aerodynamics' });
    (await at.get(`${JOBS}${id}/`)).json.jobanalyses[0].command.should.equal('echo hello');
    (await send(at, 'PATCH', `${JOBS}${id}/`, { jobanalyses: [] })).status.should.equal(400);
    (await send(at, 'PUT', `${JOBS}${id}/`, { name: 'only' })).json.should.deepEqual({
      jobanalyses: ['This field is required.'],
    });
    (await send(at, 'PUT', `${JOBS}${id}/`, small({ name: 'wing 3' }))).json.name.should.equal('wing 3');
    await at.post(`${JOBS}${id}/submit/`);
    at.simulator.advance(5000);
    (await send(at, 'PATCH', `${JOBS}${id}/`, { name: 'late' })).json.should.containEql({
      id,
      name: 'wing 3',
    });
    (await send(at, 'PATCH', `${JOBS}nothing/`, { name: 'late' })).status.should.equal(404);
  });

  it('are deleted as drafts, and else only when the cluster has stopped', async () => {
    const at = await bench();
    const input = await uploaded(at, 'mesh.zip', 'zip');
    const create = async () =>
      String((await at.post(JOBS, small({}, { inputFiles: [{ id: input.id }] }))).json.id);
    const draft = await create();
    (await send(at, 'DELETE', `${JOBS}${draft}/`)).should.containEql({ status: 204, text: '' });
    (await at.get(`${JOBS}${draft}/`)).status.should.equal(404);
    const job = await create();
    await at.post(`${JOBS}${job}/submit/`);
    at.simulator.advance(185);
    (await send(at, 'DELETE', `${JOBS}${job}/`)).status.should.equal(400);
    at.simulator.advance(40);
    (await at.get(`${JOBS}${job}/statuses/`)).json.results[0].status.should.equal('Completed');
    (await send(at, 'DELETE', `${JOBS}${job}/`)).status.should.equal(400);
    at.simulator.advance(60);
    (await at.get(`${JOBS}${job}/cluster_statuses/`)).json.results[0].status.should.equal('Stopped');
    (await send(at, 'DELETE', `${JOBS}${job}/?deleteInputFiles=True`)).status.should.equal(204);
    (await at.get(`/api/v2/files/${input.id}/`)).status.should.equal(404);
  });

  it('name deleted inputs on, and are refused at submission for them', async () => {
    const at = await bench();
    const input = await uploaded(at, 'mesh.zip', 'zip');
    const { id } = (await at.post(JOBS, small({}, { inputFiles: [{ id: input.id }] }))).json;
    await send(at, 'DELETE', `/api/v2/files/${input.id}/`);
    const [file] = (await at.get(`${JOBS}${id}/`)).json.jobanalyses[0].inputFiles;
    file.should.containEql({ id: input.id, name: 'mesh.zip', isDeleted: true });
    const refused = await at.post(`${JOBS}${id}/submit/`);
    refused.should.containEql({
      status: 400,
      text: `{"detail":"The input file ${input.id} has been deleted."}`,
    });
    (await at.get(`${JOBS}${id}/statuses/`)).json.count.should.equal(0);
  });

  it('of the built-in sweep make the same sweep again', async () => {
    const at = await bench();
    const { jobanalyses, ...sweep } = (await at.get(`${JOBS}foamSweep/`)).json;
    const [
      { analysis, command, hardware, inputFiles, postProcessScript, postProcessScriptCommand, templateTasks },
    ] = jobanalyses;
    const { coreType, coresPerSlot, slots, walltime, type } = hardware;
    const told = await at.post(JOBS, {
      name: 'again',
      clonedFrom: 'foamSweep',
      paramFile: { id: sweep.paramFile.id },
      jobvariables: [],
      jobanalyses: [
        {
          analysis,
          command,
          hardware: { coreType, coresPerSlot, slots, walltime, type },
          inputFiles,
          postProcessScript,
          postProcessScriptCommand,
          templateTasks,
        },
      ],
    });
    told.status.should.equal(201, told.text);
    await at.post(`${JOBS}${told.json.id}/submit/`);
    at.simulator.advance(20_000);
    const { count, results } = (await at.get(`${JOBS}${told.json.id}/runs/?page_size=100`)).json;
    count.should.equal(24);
    results[3].variables
      .map(({ name }: { name: string }) => name)
      .should.deepEqual(['x_velocity', 'y_velocity', 'Cd', 'Cl']);
  });
});
