/** Runs as a table. Loaded on first use, because the libraries below it cost more than a palette that only waits. */
export { toCsv } from './csv';
export { toHtml } from './html';
export { toMarkdown } from './markdown';
export { rowsOf } from './run-rows';
export { makeTable } from './table';
