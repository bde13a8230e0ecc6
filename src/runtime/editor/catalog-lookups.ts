/** What the search lists of submit job show: hardware, software and its versions, projects. */
import { isRecord } from '../../api/endpoints/rows';
import type { CallOptions, Page, RescaleClient } from '../../api/client/client';
import type { Analysis, Job } from '../../api/client/types';
import { readAnalysis } from '../../runs/jobs/versions';
import { id } from '../fields/fields';
import type { EditorRequest } from './editor-route';
import type { Lookup } from './lookup';
import type { CoreTypeRow, NamedRow } from './lookup-rows';

/** The catalog has hundreds of rows, and no search: a person scrolls through so many, and typing finds the rest. */
const MOST_SHOWN = 200;
const PAGE_SIZE = 300;

export async function listCoreTypes(
  client: RescaleClient,
  _request: EditorRequest,
  call: CallOptions,
): Promise<Lookup<CoreTypeRow>> {
  const rows = await allRows(client.listCoreTypes({ ...call, pageSize: PAGE_SIZE }));
  return {
    rows: rows.map(({ code, name, cores, price }) => ({
      code,
      name: name ?? code,
      cores: cores ?? [],
      price: price === null || price === undefined ? null : String(price),
    })),
    truncated: false,
  };
}

export async function listAnalyses(
  client: RescaleClient,
  request: EditorRequest,
  call: CallOptions,
): Promise<Lookup<NamedRow>> {
  const rows = (await allRows(client.listAnalyses({ ...call, pageSize: PAGE_SIZE }))).map(
    ({ code, name, vendorName }) => ({ code, name: name ?? code, detail: vendorName ?? '' }),
  );
  const wanted = typeof request['search'] === 'string' ? request['search'].trim().toLowerCase() : '';
  const matching = rows.filter((row) => Object.values(row).join(' ').toLowerCase().includes(wanted));
  return { rows: matching.slice(0, MOST_SHOWN), truncated: matching.length > MOST_SHOWN };
}

/** Of the software that is named, or of that of a job's first tile. */
export async function listVersions(
  client: RescaleClient,
  request: EditorRequest,
  call: CallOptions,
): Promise<Lookup<NamedRow>> {
  const named = request['analysis'];
  const code =
    typeof named === 'string' && named !== ''
      ? named
      : softwareOf(await client.getJob(id(request['jobId'], 'source'), call));
  const analysis: Analysis | null = code === null ? null : await readAnalysis(client, code, call);
  const rows = (analysis?.versions ?? []).flatMap(({ version, versionCode }) =>
    versionCode === undefined
      ? []
      : [{ code: versionCode, name: version ?? versionCode, detail: analysis?.name ?? '' }],
  );
  return { rows, truncated: false };
}

export async function listProjects(
  client: RescaleClient,
  _request: EditorRequest,
  call: CallOptions,
): Promise<Lookup<NamedRow>> {
  const rows = await allRows(client.listProjects({ ...call, pageSize: PAGE_SIZE }));
  return {
    rows: rows.map((one) => ({ code: one.id, name: one.name ?? one.id, detail: '' })),
    truncated: false,
  };
}

function softwareOf(job: Job): string | null {
  const tiles: unknown = 'jobanalyses' in job ? job.jobanalyses : null;
  const first: unknown = Array.isArray(tiles) ? tiles[0] : null;
  const analysis = isRecord(first) ? first['analysis'] : null;
  return isRecord(analysis) && typeof analysis['code'] === 'string' ? analysis['code'] : null;
}

async function allRows<Row>(pages: AsyncIterable<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page.rows);
  return rows;
}
