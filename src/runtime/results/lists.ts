import { randomUUID } from 'node:crypto';
import type { Page } from '../../api/client/client';
import type { Result } from '../definition/definition';
import { choiceField, numberField } from '../fields/fields';
import type { StatusText } from '../status/status-texts';

/** How a list reaches the flow: as one array, item by item, or page by page. */
export type Emit = 'array' | 'each' | 'page';

/** The fields that every list node has. */
export const listFields = {
  emit: choiceField(['array', 'each', 'page'], 'array'),
  /** 0 = all. */
  limit: numberField(0, { least: 0, whole: true }),
  pageSize: numberField(100, { least: 1, most: 1000, whole: true }),
};

/** What is shown when nothing was found. */
const EMPTY = { runs: 'no-runs', files: 'no-files', jobs: 'no-jobs-found' } as const;

/** What a list node lists. */
export interface ListOutput<Row> {
  emit: Emit;
  /** Most items that are sent, after `filter`; 0 = all. No page is fetched beyond it. */
  limit: number;
  pages: AsyncGenerator<Page<Row>, void, undefined>;
  filter?: (row: Row) => boolean;
  /** The order of the whole array; items and pages stream in the platform's order. */
  compare?: (one: Row, other: Row) => number;
  /** What a message of one item says about it, so that the next node works on it. */
  describe?: (row: Row) => Pick<Result, 'jobId' | 'runId' | 'set'>;
  /** Called for the rows that are sent, for example to find out how each run ended. */
  annotate?: (rows: Row[]) => Promise<Annotations<Row>>;
  /** Called after the last row: the status in place of the figure when the list is not certain. */
  doubt?: () => StatusText | null;
  /** The text of the green dot; gets `count`. */
  statusKey: keyof typeof EMPTY;
}

/** What `msg.rescale` says beside the figures: of an array of rows, or of a single one. */
export interface Annotations<Row> {
  ofRows: Record<string, unknown>;
  ofRow: (row: Row) => Record<string, unknown>;
}

const NO_ANNOTATIONS = { ofRows: {}, ofRow: () => ({}) };

/** Turns pages into messages. The message that ends a list says so in `parts.count`, which is what Join waits for. */
export async function* emitList<Row>(
  listing: ListOutput<Row>,
): AsyncGenerator<Result, StatusText, undefined> {
  let returned = 0;
  const read = newReadCount();
  for await (const result of emitters[listing.emit]({ ...listing, pages: countRows(listing.pages, read) })) {
    returned = result.rescale.returned;
    yield result;
  }
  const all = !(listing.limit > 0 && returned >= listing.limit);
  if (read.dropped > 0 || (all && isIncomplete(read))) return incompleteStatus(read);
  const doubt = listing.doubt?.();
  if (doubt) return doubt;
  if (returned === 0) return { key: EMPTY[listing.statusKey], kind: 'idle' };
  return { key: listing.statusKey, values: { count: returned } };
}

/** How many rows were read, and how many (`count`) the platform says there are; null when it does not say. */
interface ReadCount {
  rows: number;
  count: number | null;
  /** Rows that are left out because they can't be read. */
  dropped: number;
  /** No further page follows. */
  over: boolean;
}

export function newReadCount(): ReadCount {
  return { rows: 0, count: null, dropped: 0, over: false };
}

/** Fewer rows were read than there are, as far as is known by now. */
export function isIncomplete({ rows, count, dropped, over }: ReadCount): boolean {
  return dropped > 0 || (over && count !== null && rows < count);
}

export function incompleteStatus({ rows, count, dropped }: ReadCount): StatusText {
  const values = { listed: rows, count: Math.max(count ?? 0, rows + dropped) };
  return { key: 'rows-of', values, kind: 'trouble' };
}

/** Counts in `read`, so that a list that ends early is reported as incomplete, whatever the reason. */
export async function* countRows<Row>(
  pages: AsyncGenerator<Page<Row>, void, undefined>,
  read: ReadCount,
): AsyncGenerator<Page<Row>, void, undefined> {
  for await (const page of pages) {
    read.rows += page.rows.length + (page.unwanted ?? 0);
    read.count = page.count;
    read.dropped += page.dropped ?? 0;
    read.over = !page.more;
    yield page;
  }
  read.over = true;
}

/** Some rows that were asked for, and what is known by now. */
interface Batch<Row> {
  rows: Row[];
  rescale: {
    /** What the platform says there is, before any filter; null when it does not say. */
    count: number | null;
    /** Rows handed on so far, these included. */
    returned: number;
    /** The limit left something out. */
    truncated: boolean;
  };
}

type ListResult = Result & { rescale: Batch<unknown>['rescale'] };

/** The rows of each page that are wanted, until there are enough. */
async function* wantedBatches<Row>({
  pages,
  filter: keep,
  limit,
}: ListOutput<Row>): AsyncGenerator<Batch<Row>, void, undefined> {
  let returned = 0;
  for await (const page of pages) {
    const kept = keep ? page.rows.filter(keep) : page.rows;
    const rows = limit > 0 ? kept.slice(0, limit - returned) : kept;
    returned += rows.length;
    const full = limit > 0 && returned >= limit;
    const truncated = full && (kept.length > rows.length || page.more);
    yield { rows, rescale: { count: page.count, returned, truncated } };
    if (full) return;
  }
}

async function* asArray<Row>(listing: ListOutput<Row>): AsyncGenerator<ListResult, void, undefined> {
  const all: Row[] = [];
  let rescale: Batch<Row>['rescale'] = { count: 0, returned: 0, truncated: false };
  for await (const batch of wantedBatches(listing)) {
    for (const row of batch.rows) all.push(row);
    rescale = batch.rescale;
  }
  if (listing.compare) all.sort(listing.compare);
  const { ofRows } = await annotated(listing, all);
  yield { payload: all, rescale: { ...ofRows, ...rescale } };
}

async function* asItems<Row>(listing: ListOutput<Row>): AsyncGenerator<ListResult, void, undefined> {
  const id = randomUUID();
  for await (const { item, index, last } of withLast(items(listing))) {
    yield {
      payload: item.row,
      rescale: item.rescale,
      parts: { id, type: 'array', index, ...(last && { count: index + 1 }) },
      ...listing.describe?.(item.row),
    };
  }
}

async function* items<Row>(
  listing: ListOutput<Row>,
): AsyncGenerator<{ row: Row; rescale: Batch<Row>['rescale'] }, void, undefined> {
  let returned = 0;
  for await (const batch of wantedBatches(listing)) {
    const { ofRow } = await annotated(listing, batch.rows);
    for (const row of batch.rows) {
      returned += 1;
      const truncated = batch.rescale.truncated && returned === batch.rescale.returned;
      yield { row, rescale: { ...ofRow(row), ...batch.rescale, returned, truncated } };
    }
  }
}

async function* asPages<Row>(listing: ListOutput<Row>): AsyncGenerator<ListResult, void, undefined> {
  const id = randomUUID();
  let sent = 0;
  let empty: Batch<Row>['rescale'] = { count: 0, returned: 0, truncated: false };
  const filled = async function* () {
    for await (const batch of wantedBatches(listing)) {
      if (batch.rows.length > 0) yield batch;
      else empty = batch.rescale;
    }
  };
  for await (const { item, index, last } of withLast(filled())) {
    sent += 1;
    const { ofRows } = await annotated(listing, item.rows);
    const rescale = { ...ofRows, ...item.rescale };
    yield { payload: item.rows, rescale, parts: pageParts(id, index, item.rows.length, last) };
  }
  if (sent === 0) yield { payload: [], rescale: empty, parts: pageParts(id, 0, 0, true) };
}

async function annotated<Row>({ annotate }: ListOutput<Row>, rows: Row[]): Promise<Annotations<Row>> {
  return annotate && rows.length > 0 ? annotate(rows) : NO_ANNOTATIONS;
}

/** Join makes one flat array of arrays only where `len` is above 1. */
function pageParts(id: string, index: number, rows: number, last: boolean): NonNullable<Result['parts']> {
  return { id, type: 'array', index, len: Math.max(2, rows), ...(last && { count: index + 1 }) };
}

const emitters = { array: asArray, each: asItems, page: asPages };

/** Says which item is the last. That is known only when none follows, so each item waits for the next. */
export async function* withLast<Item>(
  sequence: AsyncIterable<Item>,
): AsyncGenerator<{ item: Item; index: number; last: boolean }, void, undefined> {
  let pending: { item: Item } | null = null;
  let index = 0;
  for await (const item of sequence) {
    if (pending) {
      yield { item: pending.item, index, last: false };
      index += 1;
    }
    pending = { item };
  }
  if (pending) yield { item: pending.item, index, last: true };
}
