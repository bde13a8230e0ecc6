/**
 * `npm run judge:tables -- FOLDER`: holds the tables of a folder against what its index says of them (correlations,
 * extremes, fronts; rows counted from 1). FOLDER has an `index.json` with `tables`. Ends with 1 when anything differs by
 * more than a millionth.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';

import type { Goal } from '../../../src/insight/table/goals';
import type { TableRow } from '../../../src/insight/table/row';
import { makeTable } from '../../../src/insight/table/table';
import { request } from './table-request';

type Coefficients = Record<string, Record<string, { pearson: number; spearman: number }>>;

interface Described {
  file: string;
  rows: number;
  inputs: string[];
  outputs: string[];
  truth: {
    failedRows?: number;
    correlation?: Coefficients;
    correlationGoodOnly?: Coefficients;
    correlationAllRows?: Coefficients;
    extremes?: Record<string, { min: number; max: number; minRow: number; maxRow: number }>;
    pareto?: { of: [string, 'min' | 'max'][]; rows: number[] };
    distinct?: Record<string, number>;
  };
}

let checked = 0;
let wrong = 0;

function check(what: string, found: unknown, expected: unknown): void {
  checked++;
  const near =
    typeof found === 'number' && typeof expected === 'number'
      ? Math.abs(found - expected) <= 1e-6 * Math.max(1, Math.abs(expected))
      : JSON.stringify(found) === JSON.stringify(expected);
  if (near) return;
  wrong++;
  console.log(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

function readTable(path: string): TableRow[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const plain = text.includes(',') ? text : text.replace(/^%/, '').replace(/[ \t]+/g, ',');
  const { data } = Papa.parse<TableRow>(plain, { header: true, dynamicTyping: true, skipEmptyLines: true });
  for (const row of data) delete row[''];
  return data;
}

async function checkCorrelations(
  file: string,
  rows: TableRow[],
  inputs: string[],
  truth: Coefficients,
): Promise<void> {
  for (const kind of ['pearson', 'spearman'] as const) {
    const { facts } = await makeTable(
      rows,
      request({ correlate: kind, isInput: (name) => inputs.includes(name) }),
    );
    for (const [output, byInput] of Object.entries(truth)) {
      for (const [input, coefficients] of Object.entries(byInput)) {
        const found = facts.correlations.find((one) => one.input === input && one.output === output);
        check(`${file}: ${kind} of ${input} and ${output}`, found?.coefficient, coefficients[kind]);
      }
    }
  }
}

async function judge(
  folder: string,
  { file, inputs, outputs, truth, rows: count }: Described,
): Promise<void> {
  const rows = readTable(join(folder, file));
  check(`${file}: rows`, rows.length, count);
  const marked = rows.map((row) => ({
    ...row,
    result: outputs.length > 0 && outputs.every((name) => row[name] === -1) ? 'failed' : 'succeeded',
  }));
  const goodOnly = truth.correlationGoodOnly ?? {};
  if (truth.correlation) await checkCorrelations(file, rows, inputs, truth.correlation);
  if (truth.correlationAllRows) await checkCorrelations(file, rows, inputs, truth.correlationAllRows);
  if (truth.correlationGoodOnly) await checkCorrelations(file, marked, inputs, goodOnly);
  if (truth.failedRows !== undefined) {
    check(`${file}: failed`, (await makeTable(marked, request({}))).facts.excluded.failed, truth.failedRows);
  }
  const { extremes } = (await makeTable(rows, request({}))).facts;
  for (const [name, expected] of Object.entries(truth.extremes ?? {})) {
    const { min, max, minRow, maxRow } = extremes[name]!;
    check(`${file}: least ${name}`, min, expected.min);
    check(`${file}: most ${name}`, max, expected.max);
    check(`${file}: row of least ${name}`, minRow! + 1, expected.minRow);
    check(`${file}: row of most ${name}`, maxRow! + 1, expected.maxRow);
  }
  if (truth.pareto) {
    const goals = truth.pareto.of.map(([name, goal]): Goal => ({ name, goal }));
    const { front } = (await makeTable(rows, request({ goals }))).facts;
    check(
      `${file}: front`,
      front.map((row) => Number(row) + 1),
      truth.pareto.rows,
    );
  }
  for (const [name, expected] of Object.entries(truth.distinct ?? {})) {
    check(`${file}: distinct ${name}`, new Set(rows.map((row) => row[name])).size, expected);
  }
}

async function main(folder: string): Promise<void> {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { tables: Described[] };
  for (const described of index.tables) await judge(folder, described);
  console.log(`${checked} figures checked, ${wrong} wrong`);
  if (wrong > 0 || checked === 0) process.exitCode = 1;
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('name a folder with an index.json');
void main(folder);
