/**
 * What public programs for Rescale send and read, step by step, so that a change that would break one of them fails by
 * its name. Written from what is known of them (docs/platform.md); nothing of their code is here.
 */

/** A request, and what the program takes from its answer. */
export interface Step {
  /** `POST jobs/{job}/submit/`; names in braces were taken from earlier answers. */
  does: string;
  /** v2 unless told. */
  version?: 'v1' | 'v2' | 'v3';
  headers?: Record<string, string>;
  json?: unknown;
  /** A form with a file: its name and text, fields beside it, headers of its part. */
  form?: {
    name: string;
    text: string;
    fields?: Record<string, string>;
    /** The fields are sent with a file name of their own, as Python's requests does. */
    fieldsAsFiles?: true;
    partHeaders?: Record<string, string>;
  };
  /** The exact status that the program insists on, or those that it takes. */
  status?: number | number[];
  /** The exact Content-Type that it compares. */
  type?: string;
  /** The answer has no body. */
  empty?: true;
  /** The answer is text that begins so, not JSON. */
  text?: RegExp;
  /** Names for values of the answer, by their paths; a value that is not there fails. */
  takes?: Record<string, string>;
  /** Paths whose values have to be these. */
  holds?: Record<string, unknown>;
  /** Asks again each so many seconds until `holds` holds. */
  every?: number;
}

const tile = (more: object = {}) => ({
  analysis: { code: 'user_included', version: '0' },
  command: 'echo done',
  hardware: { coreType: 'emerald', coresPerSlot: 2, slots: 1, walltime: 2 },
  ...more,
});
const tileV3 = (more: object = {}) =>
  tile({ hardware: { coreType: { code: 'emerald' }, coresPerSlot: 2 }, ...more });

const completed = (every = 30, version?: 'v3'): Step => ({
  does: 'GET jobs/{job}/statuses/',
  version,
  every,
  holds: { 'results.0.status': 'Completed' },
});
const file = (
  name: string,
  more: Partial<NonNullable<Step['form']>> = {},
  does = 'POST files/contents/',
): Step => ({
  does,
  form: { name, text: `content of ${name}`, ...more },
  status: 201,
  takes: { input: 'id' },
});
const create = (json: object, more: Partial<Step> = {}): Step => ({
  does: 'POST jobs/',
  json,
  status: 201,
  takes: { job: 'id' },
  ...more,
});
const submit: Step = { does: 'POST jobs/{job}/submit/', status: 200, empty: true };

const RUNS = 1900;
const winds = ['x_velocity,y_velocity', ...Array.from({ length: RUNS }, (_, row) => `${row},1`)].join('\n');
const pythonFile = (name: string, typeId: number, taken: string, text = `content of ${name}`): Step => ({
  does: 'POST files/contents/',
  form: { name, text, fields: { typeId: String(typeId) }, fieldsAsFiles: true },
  takes: { [taken]: 'id' },
  holds: { typeId },
});

export const sessions: Record<string, Step[]> = {
  'rescale/rescale-examples, doe_example.py': [
    pythonFile('airfoil2D_DOE.zip', 1, 'mesh'),
    pythonFile('U.inp_template', 2, 'template'),
    pythonFile('openfoam.csv', 3, 'table', winds),
    pythonFile('extract.py', 4, 'script'),
    create({
      name: 'OpenFOAM: airfoil (Cloned 1)',
      description: '',
      clonedFrom: 'Qanyhb',
      archiveFilters: [],
      isLowPriority: true,
      jobanalyses: [
        {
          analysis: { code: 'openfoam_plus', version: 'v1706+-intelmpi' },
          command: 'cd airfoil2D_DOE\n./Allrun',
          flags: {},
          hardware: { coresPerSlot: 1, slots: 1500, walltime: 10, type: 'compute', coreType: 'emerald' },
          inputFiles: [{ id: '{mesh}', decompress: true }],
          onDemandLicenseSeller: null,
          envVars: null,
          postProcessScript: { id: '{script}' },
          postProcessScriptCommand: 'python extract.py airfoil2D_DOE/log.simpleFoam Cd Cl',
          templateTasks: [{ templateFile: { id: '{template}' }, processedFilename: 'airfoil2D_DOE/0/U' }],
        },
      ],
      paramFile: { id: '{table}' },
      jobvariables: [],
      inputFileParseTask: '',
      isTemplate: false,
      templatedFrom: null,
      includeNominalRun: false,
    }),
    submit,
    { does: 'GET jobs/{job}/', takes: { name: 'name' } },
    { does: 'GET jobs/{job}/statuses/', every: 30, holds: { 'results.0.status': 'Executing' } },
    {
      does: 'GET jobs/{job}/runs/?page_size=1848',
      every: 300,
      holds: { count: RUNS, 'results.length': 1848, 'results.1847.dateCompleted': /^\d{4}/ },
    },
    { does: 'POST jobs/{job}/stop/', status: 202, empty: true },
  ],
  'shong-rescale/rescale-rest-api': [
    file('/home/user/case/model.inp'),
    create({
      name: 'model 20260301-120000',
      projectId: 'structures',
      jobanalyses: [
        tile({
          inputFiles: [{ id: '{input}' }],
          useRescaleLicense: false,
          envVars: { LM_LICENSE_FILE: '1@h' },
          command: 'sleep 900',
        }),
      ],
    }),
    submit,
    { does: 'GET jobs/{job}/statuses/', every: 15, holds: { 'results.0.status': 'Executing' } },
    { does: 'GET jobs/{job}/runs/1/tail/process_output.log?lines=20', takes: { first: 'lines.0' } },
    completed(15),
    { does: 'GET jobs/{job}/files/', takes: { output: 'results.0.id', path: 'results.0.relativePath' } },
    { does: 'GET files/{output}/contents/', text: /./ },
  ],
  'bosung-rescale/scheduler-integration-api': [
    {
      does: 'GET coretypes/?page=1',
      takes: { name: 'results.0.name', code: 'results.0.code', cores: 'results.0.cores.0' },
      holds: { next: /page=2/ },
    },
    { does: 'GET coretypes/?page=2', holds: { next: null } },
    { does: 'GET analyses/?page=1', takes: { version: 'results.0.versions.0.versionCode' } },
    file('duct.def'),
    create({
      name: 'user@duct@20260301-120000',
      isLowPriority: true,
      projectId: '',
      jobanalyses: [
        tile({
          analysis: { code: 'ansys_e2e_desktop', version: '2020r1' },
          command: 'sleep 600\nrm -f duct.def\n',
          useRescaleLicense: false,
          onDemandLicenseSeller: { code: 'ansys', name: 'Ansys' },
          hardware: { coresPerSlot: 4, slots: '1', walltime: 2, coreType: 'emerald', type: 'interactive' },
          inputFiles: [{ id: '{input}' }],
        }),
      ],
    }),
    { does: 'POST jobs/{job}/submit/', json: { waiveSla: true }, status: 200, empty: true },
    { does: 'GET jobs/{job}/statuses/', every: 5, holds: { 'results.0.status': 'Executing' } },
    {
      does: 'GET jobs/{job}/instances/',
      takes: {
        cluster: 'results.0.clusterId',
        host: 'results.0.publicHostname',
        ip: 'results.0.publicIp',
        user: 'results.0.username',
      },
    },
    {
      does: 'POST clusters/{cluster}/remote_viz_hardware_settings/password/',
      status: 200,
      takes: { password: 'data' },
    },
    {
      does: 'POST jobs/{job}/share/',
      json: { email: 'support@example.com', message: 'help' },
      takes: { recipient: 'recipient' },
    },
    { does: 'POST jobs/{job}/stop/', status: 202 },
    completed(5),
    {
      does: 'GET jobs/{job}/files/?page=1',
      every: 5,
      takes: {
        size: 'results.0.decryptedSize',
        path: 'results.0.relativePath',
        address: 'results.0.downloadUrl',
      },
      holds: { count: 3 },
    },
    { does: 'GET {address}', text: /./ },
  ],
  'js947/rescale-run (GitHub Action)': [
    file('run.zip', {}, 'POST files/contents/'),
    create({ name: 'action', jobanalyses: [tileV3({ inputFiles: [{ id: '{input}' }] })] }, { version: 'v3' }),
    { does: 'POST jobs/{job}/submit/', version: 'v3', json: { name: 'x', invented: true }, status: 200 },
    completed(30, 'v3'),
  ],
  'Rescale python SDK': [
    { ...file('case.zip', {}, 'PUT files/contents/'), version: 'v3' },
    create(
      {
        name: 'doe',
        jobanalyses: [
          tileV3({ analysis: { code: 'user_included' }, inputFiles: [{ id: '{input}' }], templateTasks: [] }),
        ],
        jobvariables: [
          {
            name: 'x',
            variableType: 'Param',
            valueGeneratorType: 'FixedRange',
            valueGeneratorSettings: { minvalue: 1, maxvalue: 10, increment: 1 },
          },
        ],
      },
      { version: 'v3' },
    ),
    {
      does: 'GET jobs/{job}/',
      version: 'v3',
      holds: { 'jobanalyses.0.analysis.version': '0', 'jobanalyses.0.hardware.coreType.code': 'emerald' },
    },
    { does: 'POST jobs/{job}/submit/', version: 'v3', status: 200 },
    completed(60, 'v3'),
    { does: 'GET jobs/{job}/runs/', version: 'v3', holds: { count: 10 } },
  ],
  'Airthium/tanatloc': [
    {
      does: 'GET coretypes/',
      type: 'application/json',
      takes: { code: 'results.0.code', price: 'results.0.lowPriorityPrice' },
    },
    { does: 'GET analyses/', takes: { next: 'next', code: 'results.0.code' } },
    { does: 'GET {next}', takes: { code: 'results.0.code' } },
    { ...file('mesh.msh'), type: 'text/plain' },
    create({
      name: 'tanatloc',
      jobanalyses: [
        tile({
          command: 'sleep 600',
          inputFiles: [{ id: '{input}', decompress: true }],
          flags: { igCv: true },
        }),
      ],
    }),
    { does: 'GET users/me/', version: 'v3', takes: { organization: 'company.code' } },
    {
      does: 'POST organizations/{organization}/jobs/{job}/project-assignment/',
      json: { projectId: 'aerodynamics' },
      holds: { projectId: 'aerodynamics' },
    },
    submit,
    {
      does: 'GET jobs/{job}/statuses/',
      every: 5,
      type: 'application/json',
      holds: { 'results.0.status': 'Executing' },
    },
    {
      does: 'GET jobs/{job}/runs/1/directory-contents/?page_size=9999',
      takes: { path: '0.path' },
      holds: { '0.resource': /^\/api\/v2\/jobs\// },
    },
    { does: 'GET jobs/{job}/runs/1/tail/{path}', text: /^\[/ },
    { does: 'POST jobs/{job}/stop/', status: 202 },
    completed(5),
    { does: 'GET jobs/{job}/files/', every: 5, takes: { output: 'results.0.id' } },
  ],
  'bthornton191/rescalepy': [
    { does: 'GET ', status: 200 },
    { does: 'GET coretypes/', takes: { price: 'results.0.price' } },
    file('model.adm', { partHeaders: { type_id: '1' } }),
    create({ name: 'adams', jobanalyses: [tile({ inputFiles: [{ id: '{input}', decompress: false }] })] }),
    {
      does: 'PATCH jobs/{job}/',
      json: { projectId: 'structures' },
      status: 200,
      holds: { projectId: 'structures' },
    },
    submit,
    completed(10),
    { does: 'GET jobs/{job}/files', status: 301 },
    { does: 'GET jobs/{job}/files/', takes: { output: 'results.0.id', name: 'results.0.name' } },
  ],
  'js947/rs': [
    { does: 'GET coretypes/', takes: { memory: 'results.0.memory', price: 'results.0.price' } },
    {
      does: 'GET analyses/user_included/',
      takes: { version: 'versions.0.versionCode', types: 'versions.0.allowedCoreTypes.0' },
    },
    { ...file('case/0/U'), holds: { name: 'U' } },
    create({ name: 'rs', jobanalyses: [tile({ inputFiles: [{ id: '{input}' }] })] }),
    submit,
    completed(),
    {
      does: 'GET jobs/{job}/files/?page_size=1000',
      takes: { output: 'results.0.id', path: 'results.0.path' },
    },
  ],
  'rescale-labs/Api_UserAPI_Reference (notebook)': [
    { does: 'GET users/me/projects/', takes: { project: 'results.0.id', name: 'results.0.name' } },
    { does: 'GET coretypes/?page_size=100&isActive=true', holds: { next: null, 'results.0.isActive': true } },
    { does: 'GET analyses/?page_size=300', takes: { next: 'next' }, holds: { 'results.length': 300 } },
    {
      does: 'GET billing/computeprices/',
      takes: { type: '0.coreType', amount: '0.value.amount', plan: '0.planType' },
    },
    {
      does: 'POST jobs/',
      json: { name: 'bad', jobanalyses: [tile({ hardware: { coreType: 'emerald', coresPerSlot: 7 } })] },
      status: 400,
      takes: { words: 'jobanalyses.0.hardware.coresPerSlot.0' },
    },
    file('hello.txt'),
    create({
      name: 'notebook',
      project_id: '{project}',
      jobanalyses: [tile({ command: 'sleep 60', inputFiles: [{ id: '{input}' }] })],
    }),
    submit,
    {
      does: 'GET jobs/{job}/cluster_statuses/',
      every: 30,
      holds: { next: null, 'results.0.status': 'Started' },
    },
    { does: 'DELETE jobs/{job}/', status: 400 },
    completed(),
    submit,
    { does: 'PATCH jobs/{job}/', json: { name: 'other' }, status: 200, holds: { name: 'notebook' } },
    { does: 'GET jobs/{job}/cluster_statuses/', every: 30, holds: { 'results.0.status': 'Stopped' } },
    { does: 'GET files/{input}/lines/', takes: { line: 'lines.0' } },
    { does: 'DELETE jobs/{job}/?deleteInputFiles=True', status: 204, empty: true },
  ],
  'cyu-rescale/AutoPilot-S': [
    { does: 'GET users/me/', version: 'v3', takes: { organization: 'company.code' } },
    create({ name: 'pilot', jobanalyses: [tile({ command: 'sleep 300' })] }),
    {
      does: 'POST organizations/{organization}/jobs/{job}/project-assignment/',
      json: { projectId: 'optimisation' },
      status: 200,
    },
    {
      does: 'POST organizations/{organization}/job-prioritization/',
      json: { job: '{job}', priority: 3 },
      holds: { priority: 3 },
    },
    submit,
    { does: 'GET jobs/{job}/statuses/', every: 30, holds: { 'results.0.status': 'Executing' } },
    { does: 'GET jobs/{job}/runs/1/', takes: { started: 'dateStarted' }, holds: { dateCompleted: null } },
    { does: 'POST jobs/{job}/stop/', status: 202 },
  ],
  'rescale/nf-rescale-hpc': [
    create({
      name: 'nextflow',
      project_id: null,
      billingPriorityValue: 'INSTANT',
      jobanalyses: [tile({ command: ':', useRescaleLicense: false, envVars: {}, flags: { igCv: true } })],
    }),
    { does: 'POST jobs/{job}/storage-devices/', json: { storageDevice: { id: 'abc' } }, status: [200, 201] },
    { does: 'POST jobs/{job}/custom-fields/', json: { 'Cost centre': '42' }, status: [200, 201] },
    submit,
    {
      ...completed(10),
      holds: { 'results.0.status': 'Completed', 'results.0.statusReason': 'Completed successfully' },
    },
    {
      does: 'POST jobs/',
      json: { name: 'refused', projectId: 'nowhere', jobanalyses: [tile()] },
      status: 400,
      takes: { words: 'projectId.0' },
    },
    { does: 'GET users/me/projects/', takes: { id: 'results.0.id', name: 'results.0.name' } },
  ],
  'rescale-labs/Rescale_Interlink': [
    { does: 'GET users/me/', version: 'v3', takes: { email: 'email' } },
    { does: 'GET files/?page_size=1000', headers: { 'x-forwarded-proto': 'https' }, status: 200 },
    {
      does: 'GET jobs/?page_size=1',
      headers: { 'x-forwarded-proto': 'https' },
      holds: { next: /^https:\/\// },
    },
    file('part.tar.gz'),
    create(
      {
        name: 'interlink',
        jobanalyses: [tileV3({ command: 'sleep 600', inputFiles: [{ id: '{input}', decompress: true }] })],
      },
      { version: 'v3' },
    ),
    {
      does: 'POST jobs/{job}/tags/',
      version: 'v3',
      json: { name: 'Wing A' },
      holds: { '0.name': 'Wing A', '0.normalizedName': 'wing a' },
    },
    { does: 'POST jobs/{job}/custom-fields/', version: 'v3', json: { Centre: '42' }, status: 200 },
    {
      does: 'GET jobs/{job}/custom-fields/',
      version: 'v3',
      holds: { 'Centre.value': '42' },
      takes: { meta: 'Centre.meta' },
    },
    { does: 'POST jobs/{job}/submit/', status: [200, 201, 202], empty: true },
    {
      does: 'GET jobs/{job}/statuses/',
      version: 'v3',
      every: 30,
      holds: { 'results.0.status': 'Executing', 'results.0.jobId': '{job}' },
      takes: { status: 'results.0.id' },
    },
    {
      does: 'GET jobs/{job}/runs/',
      takes: { run: 'results.0.id' },
      holds: { 'results.0.dateCompleted': null },
    },
    { does: 'GET jobs/{job}/runs/{run}/files/', status: 200 },
    { does: 'POST jobs/{job}/stop/', version: 'v3', status: [200, 202] },
    completed(30, 'v3'),
    { does: 'DELETE jobs/{job}/tags/', version: 'v3', json: { name: 'Wing A' }, holds: { length: 0 } },
  ],
  'docopt CLI of platform.rescale.jp': [
    { does: 'GET jobs/?page_size=50', version: 'v3', takes: { id: 'results.0.id' } },
    create({ name: 'jp', jobanalyses: [tileV3()] }, { version: 'v3' }),
    { does: 'GET jobs/{job}/', version: 'v3', holds: { expectedRuns: null } },
    { does: 'POST jobs/{job}/submit/', version: 'v3', status: 200 },
    completed(30, 'v3'),
    { does: 'GET jobs/{job}/files/', version: 'v3', every: 5, takes: { output: 'results.0.id' } },
  ],
  'PathmindAI/pathmind-webapp': [
    { does: 'GET jobs/?page_size=9999', takes: { first: 'results.0.id', name: 'results.0.name' } },
    file('model.zip'),
    create({ name: 'training', jobanalyses: [tile({ inputFiles: [{ id: '{input}' }] })] }),
    submit,
    { does: 'GET jobs/{job}/', takes: { name: 'name' } },
    { does: 'GET jobs/{job}/statuses/', every: 5, holds: { 'results.0.status': 'Executing' } },
    { does: 'GET jobs/{job}/cluster_statuses/', holds: { 'results.0.status': 'Started' } },
    { does: 'GET jobs/{job}/runs/', takes: { run: 'results.0.id' } },
    { does: 'GET jobs/{job}/runs/{run}/directory-contents/?page_size=9999', takes: { path: '0.path' } },
    { does: 'GET jobs/{job}/runs/{run}/tail/process_output.log', text: /^\[/ },
    completed(5),
    {
      does: 'GET jobs/{job}/runs/{run}/files/?page_size=1000',
      every: 5,
      takes: { output: 'results.0.id', name: 'results.0.name' },
      holds: { 'results.0.isDeleted': false },
    },
    { does: 'GET files/{output}/contents/', text: /./ },
    { does: 'GET files/?page_size=9999', holds: { 'results.0.id': '{input}' } },
    { does: 'DELETE files/{input}/', status: 204, empty: true },
    { does: 'GET jobs/{job}/cluster_statuses/', every: 30, holds: { 'results.0.status': 'Stopped' } },
    { does: 'DELETE jobs/{job}/', status: 204, empty: true },
  ],
  'a builder of Apptainer images': [
    file('build.sh'),
    file('image.def'),
    create({
      name: 'image',
      description: 'Apptainer Image Build Job',
      jobanalyses: [
        tile({
          command: 'sh build.sh',
          hardware: { coresPerSlot: 2, slots: 1, walltime: 2, type: 'compute', coreType: 'emerald' },
          inputFiles: [{ id: '{input}' }],
        }),
      ],
    }),
    submit,
    { does: 'GET jobs/{job}/statuses/', takes: { status: 'results.0.status' } },
    // It asks every 5 s for as long as there is none.
    { does: 'GET jobs/{job}/cluster_statuses/', status: 404 },
    {
      does: 'GET jobs/{job}/cluster_statuses/',
      every: 5,
      status: 200,
      holds: { 'results.0.status': /^[A-Z]/ },
    },
    completed(),
    {
      does: 'GET jobs/{job}/files/?search=image',
      every: 5,
      holds: { 'results.length': 1 },
      takes: { image: 'results.0.id' },
    },
    { does: 'POST files/bulk/type-change/', version: 'v3', json: { ids: ['{image}'], type: 1 }, status: 200 },
    { does: 'GET files/{image}/', holds: { typeId: 1 } },
    {
      does: 'GET jobs/{job}/files/?search=process_output&page=1&page_size=10',
      takes: { output: 'results.0.id' },
    },
    { does: 'GET files/{output}/lines/', takes: { line: 'lines.0' } },
  ],
  'a notebook class for Abaqus': [
    create({
      name: 'beam',
      jobanalyses: [
        tile({
          analysis: { code: 'abaqus', version: '2023' },
          command: 'abaqus job=beam interactive',
          envVars: { LM_LICENSE_FILE: '27000@host' },
        }),
      ],
    }),
    submit,
    { does: 'GET jobs/{job}/statuses/', every: 30, holds: { 'results.0.status': 'Executing' } },
    { does: 'POST jobs/{job}/shutdown/', status: [200, 202] },
    { does: 'GET jobs/{job}/cluster_statuses/', every: 30, holds: { 'results.0.status': 'Stopped' } },
    { does: 'DELETE jobs/{job}/', status: 204, empty: true },
  ],
  'a submitter of many jobs with a ledger': [
    create({ name: 'case 17', jobanalyses: [tile()] }, { takes: { job: 'id', made: 'dateInserted' } }),
    { does: 'POST jobs/{job}/submit/', json: {}, status: [200, 201, 202] },
    { does: 'GET jobs/?search=case%2017&ordering=-dateInserted', holds: { 'results.0.id': '{job}' } },
    completed(),
  ],
  'a connector of an optimizer': [
    file('part.inp', { partHeaders: { type_id: '1' } }),
    create({
      name: 'step 4',
      jobanalyses: [tile({ command: 'sleep 600', inputFiles: [{ id: '{input}' }] })],
    }),
    {
      does: 'POST jobs/{job}/share/',
      json: { email: 'team@example.com', message: '' },
      takes: { who: 'recipient' },
    },
    submit,
    { does: 'GET jobs/{job}/statuses/', every: 30, holds: { 'results.0.status': 'Executing' } },
    { does: 'POST jobs/{job}/force_stop/', status: [200, 202] },
    { does: 'GET jobs/{job}/statuses/', every: 5, holds: { 'results.0.status': 'Force Stop' } },
  ],
  'a loop with a job for each step of an optimization': [
    file('run.py'),
    create({ name: 'step 1', jobanalyses: [tile({ inputFiles: [{ id: '{input}' }] })] }),
    submit,
    completed(),
    { does: 'GET jobs/{job}/files/?search=process_output.log', every: 5, takes: { output: 'results.0.id' } },
    { does: 'GET files/{output}/contents/', text: /./ },
  ],
};
