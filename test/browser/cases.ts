/** How each node is filled in the browser, what its dialog must hold afterwards, and what the debug sidebar shows. */
import type { JobScript } from '../../src/simulator';
import type { Dialog, Held } from './editor';

/** A field and what to put there; `pick` searches for these words on the platform and takes what is found. */
type Step = [field: string, value: Held | { pick: string; takes: string }];

interface Case {
  /** The payload, as JSON, that a node without a platform works on. */
  sends?: string;
  steps: Step[];
  /** Shown by the debug node behind the first output, after the inject node was pressed. */
  says: RegExp;
  /** How the node is called in the flow then. */
  label: string;
}

/** A job whose runs go on until somebody stops them; only the second one has ended. */
export const job: JobScript = {
  id: 'browserJob',
  name: 'Wing in a wind tunnel',
  runs: [
    {
      duration: null,
      variables: [{ name: 'angle', value: 4, displayValue: '4' }],
      files: [{ path: 'shared/log.simpleFoam', content: 'Time = 1\nTime = 2\nTime = 3\n' }],
    },
    { duration: 60, outputsAfter: 0 },
    { duration: null },
    { duration: null },
  ],
};

const aJob: Step = ['jobId', { pick: 'wind tunnel', takes: 'browserJob' }];
const aRun = (runId: string): Step => ['runId', { pick: `run ${runId}`, takes: runId }];

export const cases: Record<string, Case> = {
  'rescale-list-runs': {
    steps: [
      aJob,
      ['state', 'running'],
      ['runType', '3'],
      ['optimalOnly', false],
      ['emit', 'array'],
      ['limit', '2'],
      ['pageSize', '50'],
    ],
    says: /array\[2\]/,
    label: 'list runs of browserJob',
  },
  'rescale-get-run': {
    steps: [aJob, aRun('2'), ['outcome', true], ['name', 'the second']],
    says: /dateCompleted: "\d{4}/,
    label: 'the second',
  },
  'rescale-list-jobs': {
    steps: [
      ['search', ['str', 'wind']],
      ['state', 'any'],
      ['newerThan', '24'],
      ['glob', ['str', 'Wing*']],
      ['emit', 'array'],
      ['limit', '5'],
      ['pageSize', '50'],
    ],
    says: /array\[1\]/,
    label: 'list jobs',
  },
  'rescale-submit-job': {
    steps: [
      ['source', { pick: 'wind tunnel', takes: 'browserJob' }],
      ['jobName', ['str', 'the same again']],
      ['submit', false],
    ],
    says: /name: "the same again"/,
    label: 'submit job like browserJob',
  },
  'rescale-stop-run': {
    steps: [
      ['jobId', ['env', 'BROWSER_JOB']],
      ['runId', ['jsonata', '$string(1 + 2)']],
      ['skipCompleted', true],
      ['confirm', true],
      ['deadline', ['num', '60']],
    ],
    says: /requested: true.*confirmed: true/,
    label: 'stop run',
  },
  'rescale-snapshot-run': {
    steps: [aJob, ['runId', ['str', '4']], ['waitForFile', true], ['deadline', ['num', '90']]],
    says: /exitcode: 0/,
    label: 'snapshot run 4 of browserJob',
  },
  'rescale-list-files': {
    steps: [
      ['scope', 'job'],
      aJob,
      ['search', ['str', 'process']],
      ['glob', ['str', '**/*.log']],
      ['emit', 'page'],
      ['limit', '1'],
      ['pageSize', '10'],
    ],
    says: /array\[1\]/,
    label: 'list files of browserJob',
  },
  'rescale-list-directory': {
    steps: [aJob, aRun('1'), ['glob', ['str', '**/log.*']], ['emit', 'each']],
    says: /path: "shared\/log\.simpleFoam"/,
    label: 'list directory of run 1 of browserJob',
  },
  'rescale-tail-file': {
    steps: [
      aJob,
      aRun('1'),
      ['path', { pick: 'simplefoam', takes: 'shared/log.simpleFoam' }],
      ['lines', ['num', '2']],
      ['format', 'text'],
      ['finished', 'error'],
      ['encoding', 'windows-1252'],
      ['limitBytes', '1000000'],
    ],
    says: /Time = 2.*Time = 3/s,
    label: 'tail log.simpleFoam',
  },
  'rescale-follow-file': {
    steps: [
      aJob,
      aRun('1'),
      ['path', { pick: 'simplefoam', takes: 'shared/log.simpleFoam' }],
      ['from', 'start'],
      ['emit', 'line'],
      ['interval', '2'],
      ['deadline', ['num', '30']],
      ['durable', false],
      ['encoding', 'euc-kr'],
    ],
    says: /Time = 1.*Time = 2/s,
    label: 'follow log.simpleFoam',
  },
  'rescale-download-files': {
    steps: [
      aJob,
      aRun('2'),
      ['files', { pick: 'process_output', takes: '' }],
      ['to', 'buffer'],
      ['limitBytes', '100000'],
      ['concurrency', '2'],
    ],
    says: /buffer\[\d+\]/,
    label: 'download files',
  },
  'rescale-wait-run': {
    steps: [
      ['scope', 'run'],
      aJob,
      aRun('2'),
      ['outcome', false],
      ['files', false],
      ['interval', '5'],
      ['deadline', ['num', '60']],
      ['durable', false],
    ],
    says: /dateCompleted: "\d{4}/,
    label: 'wait for run 2 of browserJob',
  },
  'rescale-watch-runs': {
    steps: [
      ['scope', 'jobs'],
      ['jobs', { pick: 'wind tunnel', takes: 'browserJob' }],
      ['outcome', false],
      ['startFrom', 'all'],
      ['interval', '5'],
    ],
    says: /run\/completed/,
    label: 'watch runs of browserJob',
  },
  'rescale-monitor-run': {
    sends:
      '["Time = 1","smoothSolver:  Solving for p, Initial residual = nan, Final residual = nan, No Iterations 9","Time = 2"]',
    steps: [
      ['solver', 'openfoam'],
      ['series', 'p*'],
      ['emit', 'all'],
      ['keep', '500'],
      ['tolerance', '1e-5'],
      ['fields', 'U*, p'],
      ['monitor', 'Cd'],
      ['monitorTolerance', '0.01'],
      ['durable', false],
    ],
    says: /array\[\d\]/,
    label: 'monitor run (openfoam)',
  },
  'rescale-tabulate-runs': {
    sends: '[{"run":"1","Cl":0.4},{"run":"2","Cl":0.9},{"run":"3"}]',
    steps: [
      ['include', 'all'],
      ['format', 'csv'],
      ['sort', 'Cl'],
      ['descending', true],
      ['limit', '2'],
      ['correlate', 'spearman'],
      ['inputColumns', 'x_*'],
      ['name', 'the best two'],
    ],
    says: /run,Cl.*2,0\.9.*1,0\.4/s,
    label: 'the best two',
  },
  'rescale-draw-chart': {
    sends: '[{"step":1,"p":0.1},{"step":2,"p":0.01}]',
    steps: [
      ['kind', 'line'],
      ['title', ['str', 'Residual of p']],
      ['xColumn', 'step'],
      ['yColumns', 'p'],
      ['logY', true],
      ['format', 'svg'],
      ['to', 'payload'],
    ],
    says: /<svg/,
    label: 'line chart',
  },
};

export async function fill(dialog: Dialog, steps: Step[]): Promise<void> {
  for (const [field, value] of steps) {
    if (typeof value === 'object' && 'pick' in value) await dialog.pick(field, value.pick);
    else await dialog.set(field, value);
  }
}

/** What the dialog must hold after `fill`; null where only the platform knows. */
export function held([, value]: Step): Held | null {
  if (typeof value !== 'object' || !('pick' in value)) return value;
  return value.takes === '' ? null : ['str', value.takes];
}
