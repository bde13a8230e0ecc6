import { HttpError } from './answers';

/** How a list names its parts; their order differs between lists (docs/platform.md, "Lists"). */
type ListForm = 'next-first' | 'next-last';

/** The URL of a request for a list. */
export interface ListRequest {
  /** `http://127.0.0.1:8765`, from the Host header, as the platform makes its own. */
  origin: string;
  pathname: string;
  query: URLSearchParams;
  /** So many rows have moved from the beginning of the list to its end. */
  movedRows?: number;
}

const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 10_000;

/**
 * One page of a list in the platform's envelope (docs/platform.md, "Lists"): 10 rows unless `page_size` says
 * otherwise, more than 10,000 clamped, `next` and `previous` absolute with the query kept and its keys sorted.
 * @param row makes the rows of the page only, so that long lists stay cheap
 */
export function listPage<Item>(
  request: ListRequest,
  listed: readonly Item[],
  row: (item: Item) => unknown,
  form: ListForm = 'next-first',
): Record<string, unknown> {
  const moved = request.movedRows ?? 0;
  const items = moved > 0 ? [...listed.slice(moved), ...listed.slice(0, moved)] : listed;
  const count = items.length;
  const size = pageSize(request.query.get('page_size'));
  const pages = Math.max(1, Math.ceil(count / size));
  const page = pageNumber(request.query.get('page'), pages);
  const results = items.slice((page - 1) * size, page * size).map(row);
  const next = page < pages ? pageUrl(request, page + 1) : null;
  const previous = page > 1 ? pageUrl(request, page - 1) : null;
  return form === 'next-last' ? { count, previous, results, next } : { count, next, previous, results };
}

function pageSize(text: string | null): number {
  const asked = text !== null && /^\d+$/.test(text) ? Number(text) : 0;
  return asked > 0 ? Math.min(asked, LARGEST_PAGE) : DEFAULT_PAGE;
}

function pageNumber(text: string | null, pages: number): number {
  if (text === null) return 1;
  if (text === 'last') return pages;
  const page = /^\d+$/.test(text) ? Number(text) : 0;
  if (page < 1 || page > pages) throw new HttpError(404, 'Invalid page.');
  return page;
}

/** The first page has no number in its address. */
function pageUrl({ origin, pathname, query }: ListRequest, page: number): string {
  const changed = new URLSearchParams(query);
  changed.delete('page');
  if (page > 1) changed.set('page', String(page));
  changed.sort();
  const text = changed.toString();
  return `${origin}${pathname}${text ? `?${text}` : ''}`;
}
