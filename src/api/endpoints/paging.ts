import type { Page } from '../client/client';
import { kindOf } from '../errors/errors';
import { onAbort } from '../errors/guard';
import { checkWhole } from '../errors/whole-number';
import { createPass, pageOf, readPass, unreadable, type Listing, type Pass } from './one-pass';

const PAGE_SIZE = 100;
/** The most that the platform takes (docs/platform.md, lists). */
const LARGEST_PAGE = 1000;
/** A list that shifted while it was read is read at most so often. */
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
 * All pages, in order, each row once. The first page tells how many there are; the rest then comes in pages as large as the platform
 * gives, a few at a time but never more than a few before they are wanted, and is handed on in pages of the size that was asked
 * for. A list that hides its length is read from `next` to `next`. The list may grow and shrink meanwhile, `next` and `count` may
 * promise too much: the first page that is empty or past the end is the end. Too little promised by `next` is made up for by
 * `count`: a list is never cut short silently. Rows that move to a page that was read already are found by reading the list again.
 * Throws RESCALE_PROTOCOL for a list without end.
 */
export async function* listPages<Row>(listing: Listing<Row>): AsyncGenerator<Page<Row>, void, undefined> {
  const abandoned = new AbortController();
  const { signal } = listing.options;
  const abort = () => abandoned.abort(signal!.reason);
  const stopListening = onAbort(signal, abort);
  try {
    yield* pages(listing, abandoned.signal);
  } finally {
    stopListening();
    // Whoever stops reading does not want what is still under way.
    abandoned.abort();
  }
}

/**
 * A row that goes or comes while a list is read moves all that stand after it, and one that moves from a page that is still to be
 * read to one that was read would be missed. Up to 1,000 rows come at once after the first page, so that none can. Of a longer
 * list what gives that away is a `count` that changes between pages, a row met twice, or another row at the border of two pages
 * when all are read: one that went and one that came leave `count` as it was. The list is then read again, until a pass shows
 * nothing new. A list without `count` is read twice.
 */
async function* pages<Row>(
  listing: Listing<Row>,
  signal: AbortSignal,
): AsyncGenerator<Page<Row>, void, undefined> {
  const seen = new Set<string>();
  const size = checkPageSize(listing.options.pageSize);
  const first = createPass(size, seen, 0);
  let told = 0;
  for await (const page of readPass(listing, first, signal, {
    firstAlone: size < LARGEST_PAGE,
    again: false,
  })) {
    told = page.odd ?? 0;
    yield page;
  }
  let pass = first;
  if (first.moreAtOnce) {
    pass = createPass(LARGEST_PAGE, seen, told);
    try {
      yield* cutTo(size, readPass(listing, pass, signal, { firstAlone: false, again: false }));
    } catch (error) {
      // Pages so large are nowhere promised.
      if (pass.pages > 0 || kindOf(error) !== 'refused') throw error;
      pass = createPass(size, seen, told);
      yield* readPass(listing, pass, signal, { firstAlone: false, again: false });
    }
  }
  for (let passes = 1; passes < MOST_PASSES && (await hasShifted(listing, pass, signal)); passes += 1) {
    const known = seen.size;
    pass = createPass(pass.pageSize, seen, Infinity);
    yield* readPass(listing, pass, signal, { firstAlone: false, again: true });
    if (seen.size === known) return;
  }
}

/** Rows may have moved between the pages of a pass. */
async function hasShifted<Row>(listing: Listing<Row>, pass: Pass, signal: AbortSignal): Promise<boolean> {
  if (pass.pages <= 1) return false;
  if (pass.repeated || pass.counts.size !== 1 || pass.counts.has(null)) return true;
  const same = await Promise.all(
    pass.borders.slice(0, -1).map(async ({ rows, last }) => {
      const envelope = await listing.fetchPage({ page: rows, page_size: 1 }, signal, Infinity);
      const [row] = envelope?.rows ?? [];
      return row !== undefined && listing.identity(row) === last;
    }),
  );
  return same.includes(false);
}

/** What comes in large pages, in pages of this size. Only of the last one there is no more. */
async function* cutTo<Row>(
  size: number,
  large: AsyncIterable<Page<Row>>,
): AsyncGenerator<Page<Row>, void, undefined> {
  let number = 1;
  let held: Page<Row> | null = null;
  for await (const { count, more, rows: came, dropped } of large) {
    let rows: Row[] = [...(held?.rows ?? []), ...came];
    let lost: number = (held?.dropped ?? 0) + (dropped ?? 0);
    for (; rows.length > size; rows = rows.slice(size)) {
      number += 1;
      yield {
        page: number,
        count,
        rows: rows.slice(0, size),
        more: true,
        ...(lost > 0 && { dropped: lost }),
      };
      lost = 0;
    }
    held = { page: number + 1, count, rows, more, ...(lost > 0 && { dropped: lost }) };
  }
  if (held) yield held;
}
