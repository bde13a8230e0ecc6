/** What must come out of an example, one step after the other. */
export interface Step {
  /** The inject nodes to press, by name. */
  press?: string[];
  /** By the name of a debug node: does a value that it shows fit? */
  shows: Record<string, (value: unknown) => boolean>;
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

export const expectations: Record<string, Step | Step[]> = {
  '01 - list runs.json': { press: ['List'], shows: { Runs: listOf(24, 'id', 'dateStarted') } },
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
      'Run ended': having({ state: 'completed', outcome: { result: 'succeeded' } }),
      'All ended': having({ jobId: 'oneFailed', progress: { total: 4, completed: 4 } }),
    },
    seconds: 60,
  },
  '11 - watch runs.json': {
    shows: { Events: having({ event: 'job', jobId: 'oneFailed' }) },
    seconds: 60,
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
      'Look at the flow': having({ code: 'RESCALE_INPUT' }),
      'Look at the run': having({ code: 'RESCALE_NOT_FOUND' }),
    },
  },
};
