import { readNext, type NextLink, type Query } from '../http/addresses';
import type { ListOptions, Page } from '../client/client';
import { kindOf, RescaleError } from '../errors/errors';
import type { Envelope } from './rows';
import { checkWhole } from '../errors/whole-number';

/** One page as it was answered; null when it lies past the end. `again`: the same rows were read before. */
export type FetchPage<Row> = (
  query: Query,
  signal: AbortSignal | undefined,
  again?: boolean,
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

const PAGE_SIZE = 100;
/** The most that the platform takes (docs/platform.md, lists). */
const LARGEST_PAGE = 1000;
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
/** A list is read at most so often. */
const MOST_PASSES = 3;

/** Throws RESCALE_INPUT for a page size that no list has. */
function checkPageSize(pageSize = PAGE_SIZE): number {
  checkWhole('pageSize', pageSize, 1, LARGEST_PAGE);
  return pageSize;
}

/** One page alone; an empty one past the end. */
export async function readPage<Row>(listing: Listing<Row>, page: number): Promise<Page<Row>> {
  const page_size = checkPageSize(listing.options.pageSize);
  checkWhole('page', page, 1);
  const envelope = await listing.fetchPage({ page, page_size }, listing.options.signal);
  if (!envelope) return { page, count: null, rows: [], more: false };
  if (page === 1 && envelope.rows.length === 0 && envelope.dropped > 0) throw unreadable(listing);
  return pageOf(page, envelope, envelope.rows);
}

/**
 * All pages, in order, each row once. The first page tells how many there are; the others are then fetched a few at a
 * time, but never more than a few before they are wanted. A list that hides its length is read from `next` to `next`.
 * The list may grow and shrink meanwhile, `next` and `count` may promise too much: the first page that is empty or
 * past the end is the end. Too little promised by `next` is made up for by `count`: a list is never cut short silently.
 * Rows that move to a page that was read already are found by reading the list again, so a page may follow that has a
 * number which was there before. Throws RESCALE_PROTOCOL for a list without end.
 */
export async function* listPages<Row>(listing: Listing<Row>): AsyncGenerator<Page<Row>, void, undefined> {
  const abandoned = new AbortController();
  const { signal } = listing.options;
  const abort = () => abandoned.abort(signal!.reason);
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  try {
    yield* pages(listing, abandoned.signal);
  } finally {
    signal?.removeEventListener('abort', abort);
    // Whoever stops reading does not want what is still under way.
    abandoned.abort();
  }
}

/**
 * One pass after the other: a row that goes or comes while a list is read moves all that stand after it, and one that moves
 * from a page that is still to be read to one that was read would be missed. Where one goes and another comes, not even `count`
 * gives that away. So a list of several pages is read a second time, in the largest pages there are: up to 1,000 rows come at
 * once, and what moves moves over other borders. It is read a third time when that one showed something new.
 */
async function* pages<Row>(
  listing: Listing<Row>,
  signal: AbortSignal,
): AsyncGenerator<Page<Row>, void, undefined> {
  const seen = new Set<string>();
  let size = checkPageSize(listing.options.pageSize);
  for (let passes = 1; ; passes += 1) {
    const known = seen.size;
    const pass: Pass = { seen, met: new Set(), pages: 0, dropped: 0, again: passes > 1 };
    try {
      yield* onePass(listing, size, pass, signal);
    } catch (error) {
      // Pages so large are nowhere promised.
      if (!pass.again || pass.pages > 0 || kindOf(error) !== 'refused') throw error;
      return;
    }
    const hasNews = !pass.again || seen.size > known;
    if (pass.pages <= 1 || !hasNews || passes >= MOST_PASSES) return;
    size = LARGEST_PAGE;
  }
}

/** What one reading of a whole list has met. */
interface Pass {
  /** Identities of the rows of all passes. */
  seen: Set<string>;
  /** Those of this one. */
  met: Set<string>;
  pages: number;
  /** Rows that were left out because they can't be read. */
  dropped: number;
  /** The list was read before. */
  again: boolean;
}

async function* onePass<Row>(
  listing: Listing<Row>,
  page_size: number,
  pass: Pass,
  signal: AbortSignal,
): AsyncGenerator<Page<Row>, void, undefined> {
  const { met, again } = pass;
  const ahead = new Map<number, Promise<Envelope<Row> | null>>();
  const fetch = (page: number, others: Query): Promise<Envelope<Row> | null> =>
    listing.fetchPage({ ...others, page, page_size }, signal, again);

  let envelope = await fetch(1, {});
  /** Rows on a full page, which may be less than we asked for (docs/platform.md, lists). */
  const rowsPerPage = envelope ? envelope.rows.length + envelope.dropped : 0;
  let withoutNews = 0;

  for (let page = 1; ;) {
    if (!envelope || envelope.rows.length + envelope.dropped === 0) {
      if (met.size === 0 && pass.dropped > 0) throw unreadable(listing);
      if (pass.pages === 0 && !again) yield { page, count: envelope?.count ?? 0, rows: [], more: false };
      return;
    }
    const metBefore = met.size;
    const rows = newRows(envelope.rows, pass, listing.identity);
    const next = readNext(envelope.next);
    const { count } = envelope;
    pass.pages += 1;
    withoutNews = met.size > metBefore ? 0 : withoutNews + 1;
    pass.dropped += envelope.dropped;
    const complete = next === null && (count === null || met.size + pass.dropped >= count);
    if (rows.length > 0) yield pageOf(page, envelope, rows);
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

/** There are rows, and nothing of any of them can be read: not the list that was asked for. */
function unreadable({ platform, expected }: { platform: string; expected: string }): RescaleError {
  return new RescaleError('RESCALE_PROTOCOL', 'protocol-shape', { platform, expected }, 200);
}

function pageOf<Row>(page: number, { count, next, odd }: Envelope<Row>, rows: Row[]): Page<Row> {
  return { page, count, rows, more: readNext(next) !== null, ...(odd > 0 && { odd }) };
}

/** The rows that no page had before. */
function newRows<Row>(rows: Row[], pass: Pass, identity: (row: Row) => string): Row[] {
  return rows.filter((row) => {
    const id = identity(row);
    pass.met.add(id);
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
