/** Tells whether a series or a column is meant. */
export type NameTest = (name: string) => boolean;

/**
 * Names with commas between them; `*` stands for any characters, `?` for one, and a name after `!` is left out:
 * `U*, p, !Uz`. Nothing else has a meaning, because solvers' own names hold brackets and dots (`rms[Rho]`). Null for a
 * blank text, which names nothing.
 */
export function nameTest(text: string): NameTest | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '!');
  const wanted = parts.filter((part) => !part.startsWith('!'));
  const left = parts.filter((part) => part.startsWith('!')).map((part) => part.slice(1));
  if (parts.length === 0) return null;
  return (name) =>
    (wanted.length === 0 || wanted.some((pattern) => isLike(name, pattern))) &&
    !left.some((pattern) => isLike(name, pattern));
}

/** Goes back to the last star only, so that no pattern takes longer than name times pattern. */
function isLike(name: string, pattern: string): boolean {
  if (name === pattern) return true;
  let place = 0;
  let at = 0;
  let star = -1;
  let mark = 0;
  while (place < name.length) {
    const sign = pattern[at];
    if (sign === '*') {
      star = at;
      mark = place;
      at += 1;
    } else if (sign !== undefined && (sign === '?' || sign === name[place])) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      mark += 1;
      place = mark;
      at = star + 1;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
