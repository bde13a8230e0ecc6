import { readNext, type NextLink, type Query } from '../http/addresses';
import type { ListOptions, Page } from '../client/client';
import { RescaleError } from '../errors/errors';
import type { Envelope } from './rows';

/**
 * One page as it was answered; null when it lies past the end. `toldOdd`: of so many of its rows it was told before that something
 * of them can't be read.
 */
type FetchPage<Row> = (
  query: Query,
  signal: AbortSignal | undefined,
  toldOdd?: number,
) => Promise<Envelope<Row> | null>;

export interface Listing<Row> {
  platform: string;
  fetchPage: FetchPage<Row>;
  /** The API's name for the list, for errors. */
  expected: string;
  /** What makes a row the same row on another page. */
  identity: (row: Row) => string;
  options: ListOptions;
}

/**
 * Pages that are asked for at the same time, and so the most that lie ready before they are wanted: as many as there are
 * connections for what a message waits for. Fewer make a long list slower than it need be.
 */
const PAGES_AHEAD = 7;
/** Pages of a list of which nobody knows how long it is; more are a list that does not end. */
const MOST_PAGES = 1000;
/** A list may grow while it is read: to twice the pages that `count` promises, and these. */
const SPARE_PAGES = 20;
/** As many pages without a new row are a list that goes in a circle. */
const MOST_PAGES_WITHOUT_NEWS = 5;

/** What one reading of a list has met. */
export interface Pass {
  readonly pageSize: number;
  /** Identities of the rows of all passes. */
  readonly seen: Set<string>;
  /** Those of this one. */
  readonly met: Set<string>;
  /** What its pages said there is in all; null where one did not say. */
  readonly counts: Set<number | null>;
  /** A row stood on two of its pages. */
  repeated: boolean;
  pages: number;
  /** Rows that were left out because they can't be read. */
  dropped: number;
  /** Rows of which it was told already that something of them can't be read. */
  toldOdd: number;
  /** After each page how many rows were met, and the last one. */
  readonly borders: { rows: number; last: string | null }[];
  /** There is more, and all of it can be asked for in larger pages. */
  moreAtOnce: boolean;
}

export function createPass(pageSize: number, seen: Set<string>, toldOdd: number): Pass {
  const none = { repeated: false, pages: 0, dropped: 0, borders: [], moreAtOnce: false };
  return { ...none, pageSize, seen, toldOdd, met: new Set(), counts: new Set() };
}

/**
 * The pages of a list, each with the rows that no pass had before. Of a first reading the first page is all where the rest can be
 * had in larger ones (`moreAtOnce`).
 */
export async function* readPass<Row>(
  listing: Listing<Row>,
  pass: Pass,
  signal: AbortSignal,
  { firstAlone, again }: { firstAlone: boolean; again: boolean },
): AsyncGenerator<Page<Row>, void, undefined> {
  const { met, pageSize: page_size } = pass;
  const ahead = new Map<number, Promise<Envelope<Row> | null>>();
  const fetch = (page: number, others: Query): Promise<Envelope<Row> | null> =>
    listing.fetchPage(
      { ...others, page, page_size },
      signal,
      page === 1 ? pass.toldOdd : again ? Infinity : 0,
    );

  let envelope = await fetch(1, {});
  /** Rows on a full page, which may be less than we asked for (docs/platform.md, lists). */
  const rowsPerPage = envelope ? envelope.rows.length + envelope.dropped : 0;
  let withoutNews = 0;

  for (let page = 1; ;) {
    if (!envelope || envelope.rows.length + envelope.dropped === 0) {
      if (met.size === 0 && pass.dropped > 0) throw unreadable(listing);
      if (pass.pages === 0 && pass.seen.size === 0)
        yield { page, count: envelope?.count ?? 0, rows: [], more: false };
      return;
    }
    const metBefore = met.size;
    const rows = newRows(envelope.rows, pass, listing.identity);
    const next = readNext(envelope.next);
    const { count } = envelope;
    pass.pages += 1;
    pass.counts.add(count);
    withoutNews = met.size > metBefore ? 0 : withoutNews + 1;
    pass.dropped += envelope.dropped;
    pass.borders.push({
      rows: (pass.borders.at(-1)?.rows ?? 0) + envelope.rows.length + envelope.dropped,
      last: envelope.rows.length > 0 ? listing.identity(envelope.rows.at(-1)!) : null,
    });
    const complete = next === null && (count === null || met.size + pass.dropped >= count);
    // What is yielded is not all yet, whatever `next` says, when it is asked for in another way.
    pass.moreAtOnce =
      firstAlone && page === 1 && !complete && isFull(envelope, page_size) && goesByNumber(next);
    if (rows.length > 0) yield pageOf(page, envelope, rows, pass.moreAtOnce);
    if (pass.moreAtOnce) return;
    if (complete && met.size === 0 && pass.dropped > 0) throw unreadable(listing);
    if (complete) return;
    if (withoutNews > 0 && next === null) return; // Only `count` had promised more.
    if (withoutNews >= MOST_PAGES_WITHOUT_NEWS) {
      if (count !== null && met.size + pass.dropped >= count) return;
      throw endless(listing.platform, pass.pages);
    }

    const expected = count === null ? 0 : Math.ceil(count / rowsPerPage);
    if (pass.pages >= (count === null ? MOST_PAGES : expected * 2 + SPARE_PAGES))
      throw endless(listing.platform, pass.pages);

    // Counted by ourselves: a number in `next` that leads further would leave pages out.
    page += 1;
    if (count !== null && goesByNumber(next)) {
      const last = Math.min(expected, page + PAGES_AHEAD - 1);
      for (let wanted = page; wanted <= last; wanted += 1) {
        if (ahead.has(wanted)) continue;
        const fetched = fetch(wanted, {});
        // Its turn to be waited for may never come.
        fetched.catch(() => {});
        ahead.set(wanted, fetched);
      }
    }
    envelope = await (ahead.get(page) ?? fetch(page, next?.others ?? {}));
    ahead.delete(page);
  }
}

/** There are as many rows as were asked for, and the list says how many there are in all. */
function isFull({ count, rows, dropped }: Envelope<unknown>, pageSize: number): boolean {
  return count !== null && rows.length + dropped === pageSize;
}

/** There are rows, and nothing of any of them can be read: not the list that was asked for. */
export function unreadable({ platform, expected }: { platform: string; expected: string }): RescaleError {
  return new RescaleError('RESCALE_PROTOCOL', 'protocol-shape', { platform, expected }, 200);
}

export function pageOf<Row>(
  page: number,
  { count, next, odd, dropped }: Envelope<Row>,
  rows: Row[],
  more = false,
): Page<Row> {
  const lost = { ...(odd > 0 && { odd }), ...(dropped > 0 && { dropped }) };
  return { page, count, rows, more: more || readNext(next) !== null, ...lost };
}

/** The rows that no page had before. */
function newRows<Row>(rows: Row[], pass: Pass, identity: (row: Row) => string): Row[] {
  return rows.filter((row) => {
    const id = identity(row);
    const before = pass.met.size;
    if (pass.met.add(id).size === before) pass.repeated = true;
    if (pass.seen.has(id)) return false;
    pass.seen.add(id);
    return true;
  });
}

/** False for a list that is read by something else than page numbers, such as a cursor. */
function goesByNumber(next: NextLink | null): boolean {
  return next === null || next.page !== null || Object.keys(next.others).length === 0;
}

function endless(platform: string, pagesRead: number): RescaleError {
  return new RescaleError('RESCALE_PROTOCOL', 'protocol-list', { platform, pages: pagesRead });
}
