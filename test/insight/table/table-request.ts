import type { TableRequest } from '../../../src/insight/table/table';

/** All runs and columns as they come, but for the changes. */
export const request = (changes: Partial<TableRequest> = {}): TableRequest => ({
  columns: [],
  goals: [],
  include: 'all',
  sort: '',
  descending: false,
  limit: 0,
  correlate: 'off',
  isInput: null,
  ...changes,
});
