/**
 * Lines per second through the matcher of follow-file: a log of a million lines that grows by 500 between two looks,
 * read by windows. Run: `npx tsx test/bench/follow-lines.ts`. Target: 200,000 lines a second.
 */
import { readLive, startOfNotes } from '../../src/runs/follow/follow-log';
import { startOfFollow } from '../../src/runs/follow/follow-state';
import { keyOfText } from '../../src/runs/lines/line-key';
import type { LineBatch, LinePiece } from '../../src/runs/lines/log-lines';
import type { LogSource } from '../../src/runs/lines/log-source';

const LINES = 1_000_000;
const STEP = 500;

const all: LinePiece[] = Array.from({ length: LINES }, (_, index) => {
  const text =
    index % 5 === 0
      ? `Time = ${index / 5}`
      : index % 5 === 4
        ? ''
        : `smoothSolver:  Solving for U${index % 5}, Initial residual = ${1 / (index + 1)}, No Iterations 3`;
  return { text, bytes: text.length + 1, joint: null, key: () => keyOfText(text) };
});

/** Bytes of the log up to each line, as the platform tells of a live file how long it is. */
const sizes = new Float64Array(LINES + 1);
for (let index = 0; index < LINES; index += 1) sizes[index + 1] = sizes[index]! + all[index]!.bytes;

let grown = 0;
let asked = 0;
/** Lines that were read because no window told where they lie. */
let asWhole = 0;
const source: LogSource = {
  final: false,
  window: (lines) => {
    asked += lines;
    return Promise.resolve(all.slice(Math.max(0, grown - lines), grown));
  },
  size: () => Promise.resolve(sizes[grown]!),
  // As long as the log is short, all of it costs less than a second window.
  whole: () => {
    asWhole += grown;
    return Promise.resolve(batchesOf(all.slice(0, grown)));
  },
  part: () => Promise.resolve(null),
};
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() };

/** As a file comes that is being written: of its last line nobody knows whether there is more to come. */
async function* batchesOf(lines: LinePiece[]): AsyncGenerator<LineBatch> {
  yield await Promise.resolve({ lines: lines.slice(0, -1), rest: lines.slice(-1) });
}

async function follow(): Promise<void> {
  const notes = startOfNotes();
  let state = startOfFollow('start');
  let delivered = 0;
  let step = 50;
  const begin = process.hrtime.bigint();
  while (grown < LINES) {
    grown = Math.min(LINES, grown + step);
    // It begins slowly, as logs do, so that the window can fit itself to the rate.
    step = Math.min(STEP, step + 20);
    for await (const delivery of readLive(state, source, notes, clock)) {
      state = delivery.state;
      delivered += delivery.lines.length;
    }
  }
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  const rate = Math.round(delivered / seconds);
  console.log(
    `${delivered} lines delivered (${asked} looked at, ${asWhole} in the whole log) in ${seconds.toFixed(2)} s: ${rate} lines/s`,
  );
  if (delivered !== LINES - 1 || state.gaps > 0) throw new Error('lines are missing');
  if (asWhole > LINES / 200) throw new Error('windows are enough');
}

void follow();
