/** What stands around the solver's own text in a line: stamps of the platform, colours, ranks. */

/**
 * `[2022-10-27T13:18:37Z]: ` is what Rescale puts before each line of process_output.log; the solver's own file has
 * none, and both must read the same.
 */
const STAMP = /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d))\]:? ?/;

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
const ZERO = String.fromCharCode(0);
const COLOURS = new RegExp(
  `${ESCAPE}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)|[@-Z\\\\^_=>])`,
  'g',
);

/** `[1,0]<stdout>:` of `mpirun --tag-output`, `[3] ` of OpenFOAM and Intel MPI, `0: ` of `srun --label`. */
const RANK = /^(?:\[\d{1,6}(?:,\d{1,6})?\](?:<std(?:out|err)>:? ?| )|\s{0,3}\d{1,5}: (?=\S))/;

export interface StampedLine {
  text: string;
  /** Milliseconds since the epoch; null without a stamp. */
  wall: number | null;
}

let lastStamp = '';
let lastWall: number | null = null;

/** The stamp off; many lines share one, so the last one read is kept. */
export function withoutStamp(line: string): StampedLine {
  if (line.charCodeAt(0) !== 91 || line.charCodeAt(5) !== 45) return { text: line, wall: null };
  const match = STAMP.exec(line);
  if (!match) return { text: line, wall: null };
  const stamp = match[1] ?? '';
  if (stamp !== lastStamp) {
    const wall = Date.parse(stamp);
    lastStamp = stamp;
    lastWall = Number.isNaN(wall) ? null : wall;
  }
  return { text: line.slice(match[0].length), wall: lastWall };
}

/** Colours, the mark at the head of a text, and the zeros that a half-written or two-byte text is full of. */
export function withoutColours(line: string): string {
  let text = line;
  if (text.includes(ESCAPE)) text = text.replace(COLOURS, '');
  if (text.includes(ZERO)) text = text.replaceAll(ZERO, '');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

export function withoutRank(line: string): string {
  const first = line.charCodeAt(0);
  const mayHave = first === 91 || first === 32 || (first >= 48 && first <= 57);
  if (!mayHave || !(first === 91 || line.slice(0, 10).includes(': '))) return line;
  const match = RANK.exec(line);
  return match ? line.slice(match[0].length) : line;
}

/** A text of its own: a part of a long text holds the whole of it in memory. */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
