import { cpus } from 'node:os';

/** A line of the table: what was measured, of whom, and what it was compared with. */
export interface Row {
  bench: string;
  subject: string;
  /** Absolute figures, each with its unit. */
  figures: Record<string, string>;
}

/** A promise of the package, and whether these figures keep it. */
export interface Goal {
  what: string;
  /** The figure reached, as it is shown. */
  reached: string;
  wanted: string;
  kept: boolean;
  /** Why it is known to be missed: a paragraph of docs/limits.md. */
  reason?: string | undefined;
}

/** A line of the README's table. */
export interface Told {
  what: string;
  /** Of these nodes, and of what one would use instead. */
  ours: string;
  instead: string;
}

export interface BenchResult {
  rows: Row[];
  goals: Goal[];
  told: Told[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) throw new Error('the median of nothing');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value below which such a share of all lie, 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** `1234.5` → `1,230`: as many digits as such a measurement can carry. */
export function shown(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  return Number(value.toPrecision(digits)).toLocaleString('en-US', { maximumFractionDigits: 3 });
}

export const megabytes = (bytes: number): string => `${shown(bytes / 1e6)} MB`;
export const milliseconds = (value: number): string => `${shown(value)} ms`;
export const ratio = (value: number): string => value.toFixed(2);

export const atMost = (what: string, value: number, limit: number, unit = ''): Goal => ({
  what,
  reached: `${shown(value)}${unit}`,
  wanted: `≤ ${shown(limit)}${unit}`,
  kept: value <= limit,
});

export const atLeast = (what: string, value: number, limit: number, unit = ''): Goal => ({
  what,
  reached: `${shown(value)}${unit}`,
  wanted: `≥ ${shown(limit)}${unit}`,
  kept: value >= limit,
});

/** The machine by what matters for the figures and nothing else. */
export function machine(): string {
  return `${cpus().length} cores, ${process.platform} ${process.arch}`;
}

/** Markdown, ready for the README. */
export function table(rows: readonly Row[]): string {
  const lines = ['| bench | what | figures |', '| --- | --- | --- |'];
  for (const { bench, subject, figures } of rows) {
    const told = Object.entries(figures).map(([name, figure]) => `${name} ${figure}`);
    lines.push(`| ${bench} | ${subject} | ${told.join(' · ')} |`);
  }
  return lines.join('\n');
}

export function goalTable(goals: readonly Goal[]): string {
  const lines = ['| goal | wanted | reached | |', '| --- | --- | --- | --- |'];
  for (const { what, wanted, reached, kept, reason } of goals) {
    const missed = reason === undefined ? '**missed**' : `**missed**: docs/limits.md, “${reason}”`;
    lines.push(`| ${what} | ${wanted} | ${reached} | ${kept ? 'kept' : missed} |`);
  }
  return lines.join('\n');
}

/** The README's table: beside each other what was measured on each line of Node-RED. */
export function readmeTable(lines: ReadonlyMap<string, readonly Told[]>): string {
  const names = [...lines.keys()];
  const heads = names.flatMap((name) => [`Node-RED ${name}`, 'instead']);
  const rows = [`| what | ${heads.join(' | ')} |`, `| --- ${'| --- '.repeat(heads.length)}|`];
  const whats = new Set([...lines.values()].flatMap((told) => told.map(({ what }) => what)));
  for (const what of whats) {
    const cells = names.flatMap((name) => {
      const told = lines.get(name)!.find((one) => one.what === what);
      return [told?.ours ?? '', told?.instead ?? ''];
    });
    rows.push(`| ${what} | ${cells.join(' | ')} |`);
  }
  return rows.join('\n');
}
