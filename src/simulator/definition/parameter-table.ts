import { parse } from 'papaparse';
import type { VariableScript } from '../scripts/job-script';
import type { JobVariable } from './job-definition';

/** The most runs that a job of the simulator can have. */
const MOST_RUNS = 20_000;

/** A parameter file: one run a row, the header names the variables. Values go on as they stand, texts too. */
export function tableRows(csv: string): VariableScript[][] {
  const { data } = parse<string[]>(csv.replace(/^\uFEFF/, '').trimEnd(), { skipEmptyLines: 'greedy' });
  const [header = [], ...rows] = data;
  return rows
    .slice(0, MOST_RUNS)
    .map((row) => header.map((name, column) => variable(name.trim(), (row[column] ?? '').trim())));
}

export function tableHeader(csv: string): string[] {
  return (parse<string[]>(csv.replace(/^\uFEFF/, ''), { preview: 1 }).data[0] ?? []).map((name) =>
    name.trim(),
  );
}

/** `value` is the number where the text is one, else the text (docs/platform.md, "Sweeps"). */
function variable(name: string, text: string): VariableScript {
  const number = Number(text);
  return { name, displayValue: text, value: text !== '' && Number.isFinite(number) ? number : text };
}

/** All combinations of the inclusive ranges; a variable without a range that is known has one value, 0. */
export function generatedRows(variables: JobVariable[]): VariableScript[][] {
  let rows: VariableScript[][] = [[]];
  for (const each of variables) {
    if (each.variableType === 'Output' || each.variableType === 'Objective') continue;
    const values = rangeOf(each);
    if (rows.length * values.length > MOST_RUNS) return rows;
    rows = rows.flatMap((row) => values.map((value) => [...row, { name: each.name, value }]));
  }
  return rows;
}

function rangeOf({ valueGeneratorType, valueGeneratorSettings }: JobVariable): number[] {
  const { minvalue, maxvalue, increment } = valueGeneratorSettings ?? {};
  if (valueGeneratorType !== 'FixedRange' || minvalue === undefined || maxvalue === undefined) return [0];
  const step = increment ?? 1;
  // Rounding tolerance: 0.1 ten times is not 1 in binary.
  const count = step > 0 ? Math.min(Math.floor((maxvalue - minvalue) / step + 1e-9) + 1, MOST_RUNS) : 1;
  return Array.from({ length: Math.max(1, count) }, (_, position) =>
    Number((minvalue + position * step).toPrecision(12)),
  );
}
