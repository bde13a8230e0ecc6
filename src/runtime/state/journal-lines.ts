/** A line of a file: the first one names the item, the others are entries or the whole item, numbered. */
interface JournalLine {
  key?: string;
  n?: number;
  entry?: unknown;
  whole?: unknown;
}

/** The line break comes first, so that a line that a kill or a full disk has cut takes no other with it. */
export function formatLine(line: JournalLine): string {
  return `\n${JSON.stringify(line)}\n`;
}

/** The newest whole item and what came after it, each entry once, in order. */
export function mergeLines(lines: readonly JournalLine[]): {
  whole: unknown;
  entries: unknown[];
  last: number;
} {
  let whole: JournalLine | null = null;
  for (const line of lines) {
    if (line.whole !== undefined && (line.n ?? -1) >= (whole?.n ?? 0)) whole = line;
  }
  const since = whole?.n ?? 0;
  const entries = new Map<number, unknown>();
  for (const { n, entry } of lines) {
    if (n !== undefined && entry !== undefined && n > since) entries.set(n, entry);
  }
  const numbers = [...entries.keys()].sort((one, other) => one - other);
  return {
    whole: whole?.whole,
    entries: numbers.map((each) => entries.get(each)),
    last: Math.max(since, numbers.at(-1) ?? 0),
  };
}

export function parseLines(text: string): JournalLine[] {
  const lines: JournalLine[] = [];
  for (const line of text.split('\n')) {
    const value = line === '' ? null : parsed(line);
    if (typeof value === 'object' && value !== null) lines.push(value);
  }
  return lines;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
