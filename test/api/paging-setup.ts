import type { Page } from '../../src/api/client/client';
import type { Run } from '../../src/api/client/types';
import { json, run, type Answer } from './scripted-server';

export interface Listed {
  /** How many runs there are. */
  total: number;
  /** The most that a page holds, whatever was asked for. */
  largest?: number;
  next?: (page: number, last: number) => unknown;
  count?: unknown;
  rows?: (page: number, rows: object[]) => object[];
  pastEnd?: 'invalid' | 'empty';
}

export const INVALID_PAGE = { detail: 'Invalid page.' };

/** Answers like the runs list of a job; `requests` collects the pages that were asked for. */
export function list(listed: Listed, requests: { page: number; size: number }[] = []): Answer {
  return (request, response) => {
    const query = new URL(request.url!, 'http://x').searchParams;
    const page = Number(query.get('page') ?? '1');
    const size = Math.min(Number(query.get('page_size') ?? '10'), listed.largest ?? 1000);
    requests.push({ page, size: Number(query.get('page_size')) });
    const last = Math.max(1, Math.ceil(listed.total / size));
    const address = (number: number) => `http://${request.headers.host}/api/v2/jobs/X/runs/?page=${number}`;
    const rows: object[] = [];
    for (let id = (page - 1) * size + 1; id <= Math.min(page * size, listed.total); id += 1)
      rows.push(run(String(id)));
    if (page > last && (listed.pastEnd ?? 'invalid') === 'invalid')
      return json(INVALID_PAGE, 404)(request, response);
    const next = listed.next ? listed.next(page, last) : page < last ? address(page + 1) : null;
    return json({
      count: 'count' in listed ? listed.count : listed.total,
      next,
      previous: null,
      results: listed.rows ? listed.rows(page, rows) : rows,
    })(request, response);
  };
}

export async function read(pages: AsyncGenerator<Page<Run>>): Promise<{ ids: string[]; pages: Page<Run>[] }> {
  const all: Page<Run>[] = [];
  for await (const page of pages) all.push(page);
  return { ids: all.flatMap((page) => page.rows.map(({ id }) => id)), pages: all };
}

export const ids = (total: number) => Array.from({ length: total }, (_, index) => String(index + 1));
