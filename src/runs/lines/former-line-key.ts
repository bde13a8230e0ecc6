import type { LinePiece, LineBatch } from './log-lines';
import type { LogSource } from './log-source';

/**
 * Follows that began before keys left blanks and terminal colours out hold keys that have them. They go on with such keys to
 * their end: what was consumed can't be made other keys of.
 */
export function withFormerKeys(source: LogSource): LogSource {
  return {
    final: source.final,
    window: async (lines) => (await source.window(lines))?.map(formerLine) ?? null,
    size: () => source.size(),
    whole: async () => formerBatches(await source.whole()),
    part: async (offset) => {
      const part = await source.part(offset);
      return part && formerBatches(part);
    },
  };
}

function formerLine(line: LinePiece): LinePiece {
  return { ...line, key: () => line.key(true) };
}

async function* formerBatches(batches: AsyncIterable<LineBatch>): AsyncGenerator<LineBatch> {
  for await (const { lines, rest } of batches) {
    yield { lines: lines.map(formerLine), rest: rest.map(formerLine) };
  }
}
