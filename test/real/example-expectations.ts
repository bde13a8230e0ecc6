/** What must come out of an example, one step after the other. */
interface Step {
  /** The inject nodes to press, by name. */
  press?: string[];
  /** By the name of a debug node: does a value that it shows fit? */
  shows: Record<string, (value: unknown) => boolean>;
  /** By the path below the home directory: does the text of a file that it writes fit? */
  writes?: Record<string, (text: string) => boolean>;
  /** How long it may take; 20 unless told. */
  seconds?: number;
}

const listOf =
  (least: number, ...keys: string[]) =>
  (value: unknown) =>
    Array.isArray(value) &&
    value.length >= least &&
    value.every((item) => keys.every((key) => key in (item as object)));

const having =
  (expected: Record<string, unknown>) =>
  (value: unknown): boolean =>
    Object.entries(expected).every(([key, part]) => {
      const found = (value as Record<string, unknown> | null)?.[key];
      return typeof part === 'object' ? having(part as Record<string, unknown>)(found) : found === part;
    });

const text =
  (...patterns: RegExp[]) =>
  (value: unknown): boolean =>
    typeof value === 'string' && patterns.every((pattern) => pattern.test(value));

/** Everything that a mail must have before it may leave the house: its subject, a blank line, its text. */
const email =
  (subject: RegExp, ...body: RegExp[]) =>
  (value: unknown): boolean => {
    const [topic, ...payload] = String(value).split('\n\n');
    return text(subject)(topic) && text(...body)(payload.join('\n\n'));
  };

export const expectations: Record<string, Step | Step[]> = {
  '01 - list runs.json': {
    press: ['List'],
    shows: {
      'How far': text(/^Runs: 24\. Ended: \d+, computing: \d+, waiting: \d+$/),
      Runs: listOf(24, 'id', 'dateStarted'),
    },
  },
  '14 - list jobs.json': {
    press: ['List jobs'],
    shows: { Result: text(/^Jobs: \d+, newest first; click to see them\.$/m, /^foamSweep {2}\w+ {2}\S/m) },
  },
  '13 - submit job.json': {
    press: ['Three speeds'],
    shows: {
      Submitted: text(/^Job \w+ was made and submitted; its runs: 3\.$/),
      Ended: text(/^Job .+ (completed|succeeded)/),
    },
    seconds: 120,
  },
  '02 - get a run.json': {
    press: ['One that computes', 'One that has ended'],
    shows: {
      Running: having({ state: 'running', jobId: 'XXXXX', runId: '1' }),
      Ended: having({ state: 'completed', outcome: { result: 'succeeded' } }),
    },
  },
  '03 - stop a run.json': {
    press: ['Stop'],
    shows: { Stopped: having({ requested: true, confirmed: true, run: { id: '1' } }) },
    seconds: 40,
  },
  '04 - snapshot a run.json': {
    press: ['Snapshot'],
    shows: { Archive: having({ file: { typeId: 12 } }) },
    seconds: 40,
  },
  '05 - list files.json': {
    press: ['All', 'Velocity fields'],
    shows: {
      'All files': listOf(63, 'id', 'relativePath'),
      'Velocity fields': listOf(1, 'id', 'relativePath'),
    },
  },
  '06 - list a directory.json': { press: ['Look'], shows: { 'Working directory': listOf(1, 'path') } },
  '07 - read a file.json': {
    press: ['Read'],
    shows: { 'Last lines': (value) => Array.isArray(value) && value.length === 10 },
  },
  '08 - follow a file.json': [
    { press: ['Follow'], shows: { 'New lines': (value) => Array.isArray(value) && value.length > 0 } },
    { press: ['Stop'], shows: { 'The end': having({ reason: 'stopped', gaps: 0 }) } },
  ],
  '09 - download files.json': {
    press: ['To a folder', 'To a message'],
    shows: {
      Written: listOf(2, 'id', 'relativePath', 'file', 'bytes'),
      'In a message': (value) => Buffer.isBuffer(value) && value.length > 0,
    },
  },
  '10 - wait for a run.json': {
    press: ['Wait for a run', 'Wait for all runs'],
    shows: {
      'Run ended': text(/^Job foamSweep run \d+ succeeded/),
      'All ended': text(/^Job oneFailed failed/),
    },
    seconds: 60,
  },
  '11 - watch runs.json': {
    shows: { Events: having({ event: 'job', jobId: 'oneFailed' }) },
    seconds: 60,
  },
  '12 - monitor a run.json': {
    press: ['Follow'],
    shows: {
      Rows: listOf(1, 'step', 'time', 'Ux', 'Uy', 'p'),
      Told: text(/^Job foamSweep run 6 diverges/),
    },
    seconds: 100,
  },
  '20 - list runs, then act on each.json': {
    press: ['Start'],
    shows: {
      'One array': (value) =>
        Array.isArray(value) &&
        value.length === 5 &&
        value.every((line) => /Exited with code 0/.test(String(line))),
    },
    seconds: 40,
  },
  '21 - handle errors.json': {
    press: ['A job that is missing', 'A run that does not exist'],
    shows: {
      'Look at the flow': text(/^RESCALE_INPUT: \S/),
      'Look at the run': text(/^RESCALE_NOT_FOUND: \S/),
    },
  },
  '22 - stop runs that compute too long.json': {
    press: ['Every 10 minutes'],
    shows: { Stopped: text(/^Job XXXXX run 1 computed for more than 12 hours and has been stopped$/) },
    seconds: 40,
  },
  '23 - snapshot every 30 minutes.json': {
    press: ['Every 30 minutes'],
    shows: { Archive: text(/^The snapshot of run \d+ is there: \S+$/) },
    seconds: 40,
  },
  '24 - next step when a sweep is done.json': {
    press: ['Wait for the sweep'],
    shows: {
      'Best run': text(/^Run \d+ is the best: lift 0\.\d+, drag 0\.\d+$/),
      'Next step': text(/^The last picture of run \d+: .+_400\.vtk$/),
    },
    seconds: 80,
  },
  '25 - run a job again with other parameters.json': {
    press: ['New parameters'],
    shows: {
      Submitted: text(/^\w+$/),
      'E-mail': email(/^\[Rescale\] Job .+ (completed|succeeded)/, /^Job /, /\nRun 3: .*x_velocity 13/),
    },
    seconds: 80,
  },
  '26 - a job for each row of a table.json': {
    press: ['The table'],
    shows: {
      Submitted: text(/^beam at 12 m\/s and 0 degrees$/),
      Ended: text(/^Job .+(completed|succeeded)/),
    },
    seconds: 80,
  },
  '27 - finer sweep around the best run.json': {
    press: ['Sweep finer'],
    shows: {
      'Best run': text(/^Run \d+ is the best: lift [\d.]+ at a speed of [\d.]+$/),
      Submitted: text(/^\w+$/),
      Table: text(/^The finer sweep has ended\. .+:(\n[\d.]+ +[\d.]+){5}$/),
      Picture: text(/^A picture, \d+ kB of SVG/),
    },
    seconds: 120,
  },
  '30 - e-mail when a run ends.json': [
    {
      shows: {
        'E-mail': email(
          /^\[Rescale\] Job oneFailed run 3 failed after .+: exited with code 1$/,
          /^Job oneFailed run 3 failed/,
          /^Run: +3$/m,
          /^Result: +failed$/m,
          /^Progress: +\d of 4 runs have ended$/m,
        ),
      },
      seconds: 60,
    },
    {
      shows: { 'E-mail': email(/^\[Rescale\] Job oneFailed failed/, /^Progress: +4 of 4/m) },
      seconds: 60,
    },
  ],
  '31 - chat message when a run ends.json': {
    shows: {
      'Would be posted': text(/^Job oneFailed run 3 failed/),
    },
    seconds: 60,
  },
  '32 - table of results.json': {
    press: ['Wait for the sweep'],
    shows: {
      'CSV table': (value) =>
        Array.isArray(value) &&
        value.length === 25 &&
        value[0] === 'run,result,x_velocity,y_velocity,Cl,Cd,minutes,best,front',
      'What it tells': text(
        /^Rows: 24\. Best: \w+ run \d+, \w+ run \d+\. On the Pareto front: \d+, \d+/,
        /(\n\w+ and \w+: -?[\d.]+ \(\d+ runs\)){4}$/,
      ),
    },
    writes: { 'rescale-tables/foamSweep.csv': (file) => file.trim().split('\r\n').length === 25 },
    seconds: 80,
  },
  '33 - alert only when a run fails.json': [
    {
      shows: {
        Alert: text(/^Job oneFailed run 3 failed/, /The end of its log:/, /Exited with code 1\b/),
      },
      seconds: 60,
    },
    { shows: { Alert: text(/^Job oneFailed failed [^]+: [^]+\.\s*$/) }, seconds: 60 },
  ],
  '34 - alert when a run diverges.json': {
    shows: { Alert: text(/^Job foamSweep run 6 diverges: .{20}/) },
    seconds: 100,
  },
  '38 - stop a run that diverges.json': {
    shows: {
      'E-mail': email(
        /^\[Rescale\] Job foamSweep run 6 diverged and was stopped$/,
        /^Job foamSweep run 6 diverges: .+\.\n\nIt was stopped and has been seen to end\.\n\nFound at: {2}step \d+\n/,
      ),
    },
    seconds: 120,
  },
  '35 - e-mail with table and picture.json': {
    press: ['Wait for the sweep'],
    shows: {
      'E-mail': text(
        /^\[Rescale\] Job foamSweep .+\.\nIts text has a table of 10 runs, .+ picture front\.png\.$/,
      ),
    },
    seconds: 80,
  },
  '36 - report page.json': {
    press: ['Ask for the page'],
    shows: {
      Page: text(/^A browser gets \d+ kB\. Pictures: 2, tables: [12]\. Open \/rescale-report at/),
    },
    seconds: 40,
  },
  // Its nodes of Dashboard 2 are looked at in a browser: test/browser/recipes.test.ts.
  '37 - dashboard of a sweep.json': [],
  '39 - residuals on a dashboard.json': [],
  '40 - save outputs as runs end.json': {
    press: ['Start'],
    shows: {
      Saved: text(/^Job oneFailed run 3 failed .+; \d+ file\(s\), \d+ bytes, are in .+rescale-outputs$/),
    },
    writes: {
      'rescale-outputs/oneFailed/run1/process_output.log': text(/Exited with code 0/),
      'rescale-outputs/oneFailed/run3/process_output.log': text(/Exited with code 1/),
    },
    seconds: 80,
  },
  '41 - fetch all vtk files of a run.json': {
    press: ['Fetch'],
    shows: { Folder: text(/rescale-outputs\/foamSweep\/run1$/) },
    writes: {
      'rescale-outputs/foamSweep/run1/airFoil2D/VTK/airFoil2D_400.vtk': text(/^# vtk DataFile/),
    },
    seconds: 80,
  },
  '42 - live log to sidebar and file.json': {
    press: ['Follow'],
    shows: {
      'New lines': (value) => Array.isArray(value) && value.includes('Time = 1'),
      'The end': having({ reason: 'completed', gaps: 0 }),
    },
    writes: {
      'rescale-logs/foamSweep-run1.log': text(/^Build {2}: v2012\n/, /\nTime = 400\n/, /\nEnd\n/),
    },
    seconds: 80,
  },
};
