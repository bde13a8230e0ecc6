/** The lists that the platform fills: what they are asked with, and how their rows read. */
import type { CoreTypeRow, FileRow, JobRow, NamedRow, RunRow } from '../../src/runtime/editor/lookup-rows';
import type { Lookup } from '../dialog/field';
import { ask } from './ask';
import { control } from './current';
import { age, figure, localTime, size } from './figures';
import { draftOf } from './drafts';
import { platformOf } from './platforms';
import type { Row, Rows } from './search-list';
import { text } from './texts';
import { written } from './written';

/** As the platform has it where it is no number. */
const priceOf = (price: string) => (Number.isFinite(Number(price)) ? figure(Number(price)) : price);

type Kind = Lookup | 'analyses';

interface Found {
  rows: never[];
  truncated: boolean;
  live?: boolean;
}

const when = (date: string | null) => [age(date), localTime(date)].filter(Boolean).join(', ');

const rowOf: Record<Kind, (found: never) => Row> = {
  jobs: (job: JobRow) => ({ value: job.id, title: job.name, detail: [job.id, job.status, when(job.date)] }),
  runs: (run: RunRow) => ({
    value: run.id,
    title: text('pick.run', { runId: run.id, state: text(`state.${run.state}`) }),
    detail: [run.variables.map(({ name, value }) => `${name} ${value}`).join(', '), when(run.date)],
  }),
  files: (file: FileRow) => ({ value: file.path, title: file.path, detail: [size(file.bytes)] }),
  outputs: (file: FileRow) => ({
    value: file.id ?? '',
    title: file.path,
    detail: [file.id ?? '', size(file.bytes)],
  }),
  coretypes: ({ code, name, cores, price }: CoreTypeRow) => ({
    value: code,
    title: name,
    detail: [
      code,
      cores.length > 0 ? text('pick.cores', { cores: cores.join(', ') }) : '',
      price === null ? '' : text('pick.price', { price: priceOf(price) }),
    ],
  }),
  analyses: namedRow,
  versions: namedRow,
  projects: namedRow,
};

function namedRow({ code, name, detail }: NamedRow): Row {
  return { value: code, title: name, detail: [code, detail] };
}

/** Ids that the dialog holds under another name, for the lists that can do with them. */
const BESIDE: Partial<Record<Kind, () => Record<string, string>>> = {
  versions(): Record<string, string> {
    const jobId = control('from').val() === 'job' ? fixedId('source') : undefined;
    return jobId === undefined ? {} : { jobId };
  },
};

/** What must be known before each list can be asked for: its list comes first where only a message knows it. */
const NEEDS: Record<Kind, readonly (readonly [field: 'jobId' | 'runId' | 'analysis', from: Kind])[]> = {
  jobs: [],
  runs: [['jobId', 'jobs']],
  files: [
    ['jobId', 'jobs'],
    ['runId', 'runs'],
  ],
  outputs: [
    ['jobId', 'jobs'],
    ['runId', 'runs'],
  ],
  coretypes: [],
  analyses: [],
  versions: [['analysis', 'analyses']],
  projects: [],
};

/** The fixed value of a field of the dialog; undefined where only a message knows it. */
function fixedId(name: string): string | undefined {
  const value = written(control(name).val()).trim();
  return control(`${name}Type`).val() === 'str' && value !== '' ? value : undefined;
}

/**
 * The rows of a list. Where only a message knows the job, the platform's jobs come first, and choosing one leads to its
 * runs; so it is with the files of a run. `chosen` is what was chosen on the way.
 */
export async function lookUp(
  pick: Lookup,
  search: string,
  chosen: Record<string, string> = {},
): Promise<Rows> {
  const known: Record<string, string> = BESIDE[pick]?.() ?? {};
  if (Object.keys(known).length > 0) return read(pick, search, known);
  for (const [field, from] of NEEDS[pick]) {
    const value = chosen[field] ?? fixedId(field);
    if (value === undefined) return leading(await read(from, search, known), field, pick, chosen);
    known[field] = value;
  }
  return read(pick, search, known);
}

/** Rows that lead to others: each opens what is below it instead of being the choice. */
function leading(rows: Rows, field: string, pick: Lookup, chosen: Record<string, string>): Rows {
  const note = text(`pick.first-${field}`);
  const open = (value: string) => (search: string) => lookUp(pick, search, { ...chosen, [field]: value });
  return { ...rows, note, rows: rows.rows.map((row) => ({ ...row, open: open(row.value) })) };
}

async function read(kind: Kind, search: string, ids: Record<string, string>): Promise<Rows> {
  const platform = platformOf({ id: '' } as EditorNode, control('platform').val());
  if (!platform) throw new Error(text('pick.no-platform'));
  const draft = draftOf(platform);
  const asked = {
    ...ids,
    search,
    outputs: kind === 'outputs',
    ...(draft ? { draft } : { platform: platform.id }),
  };
  const address = `rescale-platform/${draft ? 'drafts' : 'lookups'}/${kind === 'outputs' ? 'files' : kind}`;
  const { rows, truncated, live } = await ask<Found>(address, asked);
  const note = live === undefined ? undefined : text(live ? 'pick.working-directory' : 'pick.output-files');
  return { rows: rows.map(rowOf[kind]), truncated, note };
}

interface Ids {
  jobId: string;
  runId?: string;
}

/** A job's or a run's web or API address, pasted: its ids. */
export function idsOf(link: string): Ids | null {
  const found = /^\s*https?:\/\/[^\s/]+\/\S*?\bjobs\/([^\s/?#]+)(?:\/runs?\/([^\s/?#]+))?/.exec(link);
  if (!found) return null;
  return { jobId: decodeURIComponent(found[1]!), runId: found[2] && decodeURIComponent(found[2]) };
}

/** Takes the ids of a pasted address into their fields; whether it was one. */
export function takeLink(link: string): boolean {
  const ids = idsOf(link);
  for (const [name, id] of Object.entries<string | undefined>({ ...ids })) {
    if (id && control(name).length) control(name).typedInput('type', 'str').typedInput('value', id);
  }
  return ids !== null;
}
