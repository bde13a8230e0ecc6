import { Refusal } from './answers';

/** How a list names its parts; their order differs between lists (docs/platform.md, "Lists"). */
type ListForm = 'next-first' | 'next-last';

/** An address as it was asked for. */
export interface Asked {
  /** `http://127.0.0.1:8765`, from the Host header, as the platform makes its own. */
  origin: string;
  pathname: string;
  query: URLSearchParams;
  /** By how many rows the list has moved: the first ones stand at its end. */
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
  asked: Asked,
  listed: readonly Item[],
  row: (item: Item) => unknown,
  form: ListForm = 'next-first',
): Record<string, unknown> {
  const moved = asked.movedRows ?? 0;
  const items = moved > 0 ? [...listed.slice(moved), ...listed.slice(0, moved)] : listed;
  const count = items.length;
  const size = pageSize(asked.query.get('page_size'));
  const pages = Math.max(1, Math.ceil(count / size));
  const page = pageNumber(asked.query.get('page'), pages);
  const results = items.slice((page - 1) * size, page * size).map(row);
  const next = page < pages ? address(asked, page + 1) : null;
  const previous = page > 1 ? address(asked, page - 1) : null;
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
  if (page < 1 || page > pages) throw new Refusal(404, 'Invalid page.');
  return page;
}

/** The first page has no number in its address. */
function address({ origin, pathname, query }: Asked, page: number): string {
  const changed = new URLSearchParams(query);
  changed.delete('page');
  if (page > 1) changed.set('page', String(page));
  changed.sort();
  const text = changed.toString();
  return `${origin}${pathname}${text ? `?${text}` : ''}`;
}
