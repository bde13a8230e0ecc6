/** The lists that the platform fills: what they are asked with, and how their rows read. */
import type { Lookup } from '../dialog/field';
import { ask } from './ask';
import { control } from './current';
import { age, localTime, size } from './figures';
import type { Row, Rows } from './search-list';
import { text } from './texts';

interface JobRow {
  id: string;
  name: string;
  status: string;
  date: string | null;
}

interface RunRow {
  id: string;
  state: string;
  date: string | null;
  variables: { name: string; value: string }[];
}

interface FileRow {
  path: string;
  id: string | null;
  bytes: number | null;
}

type Found = { rows: never[]; truncated: boolean; live?: boolean };

const when = (date: string | null) => [age(date), localTime(date)].filter(Boolean).join(', ');

const rowOf: Record<Lookup, (found: never) => Row> = {
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
};

/** What each list needs to know besides the platform. */
const NEEDS: Record<Lookup, ('jobId' | 'runId')[]> = {
  jobs: [],
  runs: ['jobId'],
  files: ['jobId', 'runId'],
  outputs: ['jobId', 'runId'],
};

/** What a lookup needs from the dialog. Throws an Error that says what is missing. */
function question(kind: Lookup): Record<string, unknown> {
  const platform = control('platform').val();
  if (!platform || platform === '_ADD_') throw new Error(text('pick.no-platform'));
  const asked: Record<string, unknown> = { platform };
  for (const name of NEEDS[kind]) {
    const value = control(name).val();
    if (control(`${name}Type`).val() !== 'str' || !value) throw new Error(text(`pick.needs-${name}`));
    asked[name] = value;
  }
  return asked;
}

export async function lookUp(kind: Lookup, search: string): Promise<Rows> {
  const asked = { ...question(kind), search, outputs: kind === 'outputs' };
  const address = `rescale-platform/lookups/${kind === 'outputs' ? 'files' : kind}`;
  const { rows, truncated, live } = await ask<Found>(address, asked);
  const note = live === undefined ? undefined : text(live ? 'pick.working-directory' : 'pick.output-files');
  return { rows: rows.map(rowOf[kind]), truncated, note };
}

export interface Ids {
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
