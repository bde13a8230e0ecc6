import { keyOfText, lineHash, sharpestKey, type LineKey } from '../lines/line-key';
import { anchorSearch } from '../lines/line-window';
import type { LinePiece, LineBatch } from '../lines/log-lines';
import type { FollowState } from './follow-state';

/**
 * The tail may show lines in another form than the file has them: without blank lines, or all cut at one length. Where the strict
 * comparison has found another file, this looks once more for what both forms have in common.
 */

const BLANK = lineHash('');
/** A line that is shorter was hardly cut, and as many of the very same length must there be. */
const SHORTEST_CUT = 20;
const FEWEST_CUT = 2;
/** Lines found nowhere else that prove a place where nobody counted. */
const ENOUGH_DISTINCT = 6;

/**
 * The same state with the position that the file itself has, and the lines as they are in it; null when the consumed lines are not
 * there, or when several places fit.
 */
export async function inFormOfFile(
  state: FollowState,
  open: () => Promise<AsyncIterable<LineBatch>>,
): Promise<FollowState | null> {
  const wanted = consumedLines(state);
  if (wanted === null) return null;
  const cut = lengthOfCut(state);
  const search = anchorSearch(wanted);
  const recent: LinePiece[] = [];
  const most = state.anchor.length + 1;
  let [pieces, texts] = [0, 0];
  let found: FollowState | null = null;
  // The piece after the anchor was delivered, too.
  const consumed = state.position === null ? null : state.position + (state.ahead === null ? 0 : 1);
  for await (const { lines, rest } of await open()) {
    for (const piece of [...lines, ...rest]) {
      pieces += 1;
      recent.push(piece);
      if (recent.length > 2 * most) recent.splice(0, recent.length - most);
      const key = keyInForm(piece, cut);
      if (key === BLANK) continue;
      texts += 1;
      if (!search(key)) continue;
      // Blank lines may have been consumed or not, and no other.
      if (consumed !== null && (texts > consumed || pieces < consumed)) continue;
      if (found) return null;
      found = { ...state, position: pieces, ...asInFile(recent.slice(-most)) };
    }
  }
  return found;
}

/** What was consumed last but the blank lines; null where that is too little to be known by. */
function consumedLines({ anchor, ahead, position }: FollowState): LineKey[] | null {
  if (ahead === 'any') return null;
  const wanted = [...anchor, ...(ahead === null ? [] : [ahead])].filter((key) => key !== BLANK);
  if (wanted.length === 0) return null;
  if (position !== null) return wanted;
  return new Set(wanted.map(sharpestKey)).size >= ENOUGH_DISTINCT ? wanted : null;
}

/** The one length at which lines that came as text were cut; infinite where none seem to be. */
function lengthOfCut({ sizes }: FollowState): number {
  const longest = Math.max(...sizes);
  if (longest - 1 < SHORTEST_CUT) return Infinity;
  return sizes.filter((size) => size === longest).length < FEWEST_CUT ? Infinity : longest - 1;
}

function keyInForm(piece: LinePiece, cut: number): LineKey {
  return piece.text.length > cut ? keyOfText(piece.text.slice(0, cut)) : piece.key();
}

function asInFile(
  pieces: LinePiece[],
): Pick<FollowState, 'anchor' | 'sizes' | 'ahead' | 'offset' | 'counted'> {
  return {
    anchor: pieces.map((piece) => piece.key()),
    sizes: pieces.map(({ bytes }) => bytes),
    ahead: null,
    offset: null,
    counted: false,
  };
}
