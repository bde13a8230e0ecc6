import { Refusal } from '../answers/answers';
import type { FaultRule, FileScript, JobAction, JobScript, RunScript } from './types';

/**
 * Scripts come from people's files and requests: a name that is not known is refused instead of ignored, because
 * a fault that never happens looks like a fault that was survived. In the process they are checked the same way.
 */
type Kind = (value: unknown) => boolean;
type Shape<T> = { [Key in keyof Required<T>]: [kind: Kind, words: string] };

const isNumber: Kind = (value) => typeof value === 'number' && Number.isFinite(value);
const isString: Kind = (value) => typeof value === 'string';
const isObject: Kind = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const orNull =
  (kind: Kind): Kind =>
  (value) =>
    value === null || kind(value);

const number: [Kind, string] = [isNumber, 'a number'];
const count: [Kind, string] = [(value) => isNumber(value) && (value as number) >= 0, 'a number, 0 or more'];
const string: [Kind, string] = [isString, 'a text'];
const boolean: [Kind, string] = [(value) => typeof value === 'boolean', 'true or false'];
const object: [Kind, string] = [isObject, 'an object'];
const list: [Kind, string] = [Array.isArray, 'a list'];
const numberOrNull: [Kind, string] = [orNull(isNumber), 'a number or null'];
const stringOrNull: [Kind, string] = [orNull(isString), 'a text or null'];
const anything: [Kind, string] = [() => true, 'anything'];

const faultShape: Shape<FaultRule> = {
  method: string,
  path: string,
  skip: count,
  times: count,
  delay: count,
  status: count,
  effective: boolean,
  retryAfter: [
    (value) => isObject(value) && isNumber((value as { seconds: unknown }).seconds),
    '{seconds, form}',
  ],
  headers: object,
  body: anything,
  contentType: string,
  html: boolean,
  drip: [
    (value) => {
      if (!isObject(value)) return false;
      const { bytes, every } = value as { bytes: unknown; every: unknown };
      return isNumber(bytes) && (bytes as number) >= 1 && isNumber(every);
    },
    '{bytes, every}',
  ],
  cut: count,
  reset: [
    (value) =>
      value === 'before' ||
      value === 'unanswered' ||
      (isObject(value) && isNumber((value as { at: unknown }).at)),
    '"before", "unanswered" or {at}',
  ],
  next: [(value) => value === null || isString(value) || isObject(value), 'a text, null or {missing}'],
  redirect: string,
  duplicateRows: count,
  missingRows: count,
  emptyPage: boolean,
  oversize: count,
  corruptAt: count,
};

const jobShape: Shape<JobScript> = {
  id: [(value) => isString(value) && /^[\w-]+$/.test(value as string), 'letters, digits, _ and -'],
  name: string,
  createdAt: number,
  submittedAt: numberOrNull,
  runsListedAfter: count,
  runs: [
    (value) => (Number.isInteger(value) && (value as number) >= 0) || Array.isArray(value),
    'a whole number or a list',
  ],
  cancelledAt: number,
  finalStatus: [orNull(isObject), 'an object or null'],
};

const runShape: Shape<RunScript> = {
  startsAt: numberOrNull,
  duration: numberOrNull,
  exitCode: numberOrNull,
  outputsAfter: count,
  variables: list,
  results: list,
  type: [(value) => value === 1 || value === 2 || value === 3, '1, 2 or 3'],
  parent: stringOrNull,
  isOptimal: boolean,
  files: list,
};

const fileShape: Shape<FileScript> = {
  path: string,
  content: string,
  bytes: count,
  lines: [(value) => isObject(value) && isNumber((value as { every: unknown }).every), '{every}'],
  checksum: [
    (value) => ['md5', 'sha512', 'both', 'none'].includes(value as string),
    'md5, sha512, both or none',
  ],
  deleted: boolean,
};

/** What each action needs beside its action; a question mark: may be missing. */
const actionFields: Record<JobAction['action'], string[]> = {
  'start-run': ['runId'],
  'end-run': ['runId', 'exitCode?'],
  append: ['runId', 'path', 'text', 'encoding?'],
  replace: ['runId', 'path', 'text', 'encoding?'],
  'remove-file': ['runId', 'path'],
  'add-run': ['run?'],
  'remove-run': ['runId'],
  'set-status': ['status', 'reason?'],
  submit: [],
  cancel: [],
  restart: [],
  'remove-job': [],
};

export function checkedFaults(value: unknown): FaultRule[] {
  if (!Array.isArray(value)) throw new Refusal(400, 'Faults are a list of rules.');
  return value.map((rule, position) => {
    const where = `Fault ${position + 1}`;
    const checked = ofShape(where, rule, faultShape);
    try {
      if (checked.path !== undefined) new RegExp(checked.path);
    } catch {
      throw new Refusal(400, `${where}: path is not a regular expression.`);
    }
    return checked;
  });
}

export function checkedJob(value: unknown): JobScript {
  const job = ofShape('The job', value, jobShape);
  if (job.runs === undefined) throw new Refusal(400, 'The job has no runs.');
  if (Array.isArray(job.runs)) job.runs.forEach((run, position) => checkedRun(run, position));
  return job;
}

function checkedRun(value: unknown, position: number): RunScript {
  const run = ofShape(`Run ${position + 1}`, value, runShape);
  for (const file of run.files ?? []) {
    const checked = ofShape(`Run ${position + 1}, its file`, file, fileShape);
    if (!checked.path) throw new Refusal(400, `Run ${position + 1}: a file has no path.`);
  }
  return run;
}

export function checkedAction(value: unknown): JobAction {
  if (!isObject(value)) throw new Refusal(400, 'An action is an object with an action.');
  const given = value as Record<string, unknown>;
  const fields = actionFields[given['action'] as JobAction['action']] as string[] | undefined;
  if (!fields) throw new Refusal(400, `There is no action ${JSON.stringify(given['action'])}.`);
  const allowed = ['action', ...fields.map((field) => field.replace('?', ''))];
  const strange = Object.keys(given).find((key) => !allowed.includes(key));
  if (strange !== undefined) throw new Refusal(400, `This action knows no ${strange}.`);
  for (const field of fields) {
    if (!field.endsWith('?') && !isString(given[field])) throw new Refusal(400, `${field} must be a text.`);
  }
  if (given['run'] !== undefined) checkedRun(given['run'], 0);
  return value as JobAction;
}

export function checkedSeconds(value: unknown): number {
  const seconds = isObject(value) ? (value as { seconds?: unknown }).seconds : undefined;
  if (!isNumber(seconds) || (seconds as number) < 0) {
    throw new Refusal(400, 'seconds must be a number, 0 or more.');
  }
  return seconds as number;
}

function ofShape<T>(where: string, value: unknown, shape: Shape<T>): T {
  if (!isObject(value)) throw new Refusal(400, `${where} must be an object.`);
  for (const [name, given] of Object.entries(value as object)) {
    const expected = (shape as Record<string, [Kind, string] | undefined>)[name];
    if (!expected) throw new Refusal(400, `${where}: there is no ${name}.`);
    if (given !== undefined && !expected[0](given)) {
      throw new Refusal(400, `${where}: ${name} must be ${expected[1]}.`);
    }
  }
  return value as T;
}
