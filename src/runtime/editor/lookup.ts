import type { Page } from '../../api/client/client';

/** A list as the editor gets it. `truncated`: the platform has more. */
export interface Lookup<Row> {
  rows: Row[];
  truncated: boolean;
  /** For files: where the list is from. */
  live?: boolean;
}

/** The first page alone; the rest is not asked for. */
export async function firstPage<Row>(pages: AsyncGenerator<Page<Row>, void, undefined>): Promise<Page<Row>> {
  try {
    const { value } = await pages.next();
    return value ?? { page: 1, count: 0, rows: [], more: false };
  } finally {
    await pages.return();
  }
}
