/** Lines kept while it is not yet clear who writes; the oldest go first. */

export interface KeptLine {
  /** Without stamp and colours. */
  text: string;
  line: number;
  wall: number | null;
  complete: boolean;
}

export interface KeptLines {
  lines: KeptLine[];
  characters: number;
}

export const KEPT_LINES = 200;
const KEPT_CHARACTERS = 200_000;

/** Cuts down only when twice as many are there: to move all of them at each line would cost more than reading. */
export function keepLine(kept: KeptLines, line: KeptLine): void {
  kept.lines.push(line);
  kept.characters += line.text.length;
  if (kept.lines.length <= 2 * KEPT_LINES && kept.characters <= 2 * KEPT_CHARACTERS) return;
  let from = 0;
  const { lines } = kept;
  while (from < lines.length - 1 && (lines.length - from > KEPT_LINES || kept.characters > KEPT_CHARACTERS)) {
    kept.characters -= lines[from]?.text.length ?? 0;
    from += 1;
  }
  kept.lines = lines.slice(from);
}
