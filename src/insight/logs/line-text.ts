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

interface StampedLine {
  text: string;
  /** Milliseconds since the epoch; null without a stamp. */
  wall: number | null;
}

let lastStamp = '';
let lastWall: number | null = null;

/** Stamps that may stand one behind the other: a log that was stamped is printed into another that is. */
const STAMPS = 3;

/** The stamps off; the last of several, which was there first, counts. */
export function withoutStamp(line: string): StampedLine {
  let text = line;
  let wall: number | null = null;
  for (let count = 0; count < STAMPS; count++) {
    if (text.charCodeAt(0) !== 91 || text.charCodeAt(5) !== 45) break;
    const match = STAMP.exec(text);
    if (!match) break;
    wall = instantOf(match[1] ?? '');
    text = text.slice(match[0].length);
  }
  return { text, wall };
}

/** Many lines share a stamp, so the last one read is kept. */
function instantOf(stamp: string): number | null {
  if (stamp !== lastStamp) {
    const instant = Date.parse(stamp);
    lastStamp = stamp;
    lastWall = Number.isNaN(instant) ? null : instant;
  }
  return lastWall;
}

/** Colours, the mark at the head of a text, and the zeros that a half-written or two-byte text is full of. */
export function withoutColours(line: string): string {
  let text = line;
  if (text.includes(ESCAPE)) text = text.replace(COLOURS, '');
  if (text.includes(ZERO)) text = text.replaceAll(ZERO, '');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Ranks that write at once may leave theirs one behind the other. */
const RANKS = 3;

export function withoutRank(line: string): string {
  let text = line;
  for (let count = 0; count < RANKS; count++) {
    const first = text.charCodeAt(0);
    const mayHave = first === 91 || first === 32 || (first >= 48 && first <= 57);
    if (!mayHave || !(first === 91 || text.slice(0, 10).includes(': '))) break;
    const match = RANK.exec(text);
    if (!match) break;
    text = text.slice(match[0].length);
  }
  return text;
}

/** A text of its own: a part of a long text holds the whole of it in memory. */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
