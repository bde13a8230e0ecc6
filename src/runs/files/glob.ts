import type picomatch from 'picomatch';
import { RescaleError } from '../../api/errors/errors';

/** Loaded on first use: most flows filter nothing. */
const load = () => module.require('picomatch') as typeof picomatch;

/** Longer than any pattern that somebody types. */
const MOST_CHARACTERS = 1_000;
/** What braces stand for, all together: each pattern of them is compared with each name. */
const MOST_EXPANDED = 4_000;
/** Stars and brackets between two slashes; each one more makes a name that does not fit take longer, by its length. */
const MOST_STARS = 3;

/**
 * Tells whether a path inside the working directory, or a name, fits a pattern. Hidden files count as well, unless they are left
 * out and the pattern names none. Letters composed and
 * decomposed are the same, and paths are the cluster's, whatever system Node-RED is on. Throws RESCALE_INPUT for a pattern that
 * could block Node-RED.
 *
 * Patterns of names, `*`, `?` and `**` are matched here, in one way through the name: an expression, which is what the library
 * makes of them, tries all ways to share a name among its stars, and among what braces stand for.
 */
export function globMatcher(pattern: string, { hidden = true } = {}): (path: string) => boolean {
  const composed = pattern.normalize('NFC');
  if (composed.length > MOST_CHARACTERS) throw refused(pattern);
  // What braces stand for may fit in any form; of what must not fit, none may.
  const excludes = /^!(?!\()/.test(composed);
  const wanted = expandBraces(excludes ? composed.slice(1) : composed);
  if (wanted === null) throw refused(pattern);
  const matchers = wanted.map((each) =>
    /[[\](){}!\\+@|]/.test(each) ? byLibrary(each, pattern) : inOneWay(each),
  );
  const all = hidden || isHidden(composed);
  return (path) => {
    const name = path.normalize('NFC');
    return (all || !isHidden(path)) && matchers.some((matches) => matches(name)) !== excludes;
  };
}

const isHidden = (path: string) => /(^|\/)\.[^./]/.test(path);

/** A repeated group that holds a choice, a star or another group: a name can be shared among its turns in any number of ways. */
const REPEATED_CHOICE = /[+*]\([^)]*[|*?+(]|\([^)]*[|*?+(][^)]*\)+[+*]/;

function byLibrary(pattern: string, typed: string): (path: string) => boolean {
  const unescaped = pattern.replace(/\\./gs, ' ');
  const stars = unescaped.split('/').map((part) => part.match(/\*+|\+|\(/g)?.length ?? 0);
  if (Math.max(...stars) > MOST_STARS || REPEATED_CHOICE.test(unescaped)) throw refused(typed);
  return load()(pattern, { dot: true, windows: false, nonegate: true });
}

/**
 * The patterns that a pattern with `{a,b}` or `{1..20}` stands for, each once; null where they are too many. Braces with one thing in
 * them, escaped ones and those in a class of letters stand for themselves.
 */
function expandBraces(pattern: string): string[] | null {
  const open = new Set(['']);
  for (const piece of piecesOf(pattern)) {
    const choices = typeof piece === 'string' ? [piece] : piece.flatMap((each) => expandBraces(each) ?? []);
    const before = [...open];
    open.clear();
    let characters = 0;
    for (const start of before) {
      for (const choice of choices) {
        const expanded = start + choice;
        if (open.has(expanded)) continue;
        open.add(expanded);
        characters += expanded.length;
        if (characters > MOST_EXPANDED) return null;
      }
    }
    if (open.size === 0) return null;
  }
  return [...open];
}
/** The text of a pattern between its outermost choices, and what each choice is between. */
function piecesOf(pattern: string): (string | string[])[] {
  const pieces: (string | string[])[] = [];
  let text = 0;
  let depth = 0;
  let commas: number[] = [];
  let inClass = false;
  let start = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern[at];
    if (letter === '\\') at += 1;
    else if (inClass) inClass = letter !== ']';
    else if (letter === '[') inClass = pattern.includes(']', at);
    else if (letter === '{') {
      depth += 1;
      if (depth === 1) [start, commas] = [at, []];
    } else if (letter === ',' && depth === 1) commas.push(at);
    else if (letter === '}' && depth > 0) {
      depth -= 1;
      if (depth > 0) continue;
      const choices = choicesOf(pattern, start, commas, at);
      if (!choices) continue;
      pieces.push(pattern.slice(text, start), choices);
      text = at + 1;
    }
  }
  return [...pieces, pattern.slice(text)];
}

function choicesOf(pattern: string, start: number, commas: number[], end: number): string[] | null {
  const bounds = [start, ...commas, end];
  if (commas.length > 0) return commas.concat(end).map((to, index) => pattern.slice(bounds[index]! + 1, to));
  const range = /^(\d+)\.\.(\d+)$/.exec(pattern.slice(start + 1, end));
  if (!range) return null;
  const [from, to] = [Number(range[1]), Number(range[2])];
  const width = /^0\d|\.\.0\d/.test(range[0]) ? Math.max(range[1]!.length, range[2]!.length) : 0;
  const [least, count] = [Math.min(from, to), Math.abs(from - to) + 1];
  if (count > MOST_EXPANDED) return [];
  return Array.from({ length: count }, (_, index) => String(least + index).padStart(width, '0'));
}

function refused(pattern: string): RescaleError {
  const glob = pattern.length > 40 ? `${pattern.slice(0, 40)}…` : pattern;
  return new RescaleError('RESCALE_INPUT', 'input-glob', { glob, most: MOST_STARS });
}

function inOneWay(pattern: string): (path: string) => boolean {
  const parts = pattern.replace(/^\.\//, '').split('/');
  // What is below a directory, not a file of its name.
  if (parts.length > 1 && parts.at(-1) === '**') parts.push('*');
  return (path) => {
    const names = path.split('/');
    const fits = (at: number, name: number) => partMatches(parts[at]!, names[name]!);
    return walk(parts.length, names.length, (at) => parts[at] === '**', fits);
  };
}

function partMatches(part: string, name: string): boolean {
  const isOpen = (at: number) => part[at] === '*';
  const fits = (at: number, position: number) => part[at] === '?' || part[at] === name[position];
  return name !== '' && walk(part.length, name.length, isOpen, fits);
}

/**
 * The classic walk of wildcards: an open place takes nothing first, and one item more each time that what follows it does not
 * fit. Only the last open place is ever gone back to, so it takes at most `wanted` times `given` comparisons.
 */
function walk(
  wanted: number,
  given: number,
  isOpen: (at: number) => boolean,
  fits: (at: number, item: number) => boolean,
): boolean {
  let at = 0;
  let item = 0;
  let open = -1;
  let taken = 0;
  while (item < given) {
    if (at < wanted && isOpen(at)) {
      open = at;
      taken = item;
      at += 1;
    } else if (at < wanted && fits(at, item)) {
      at += 1;
      item += 1;
    } else if (open >= 0) {
      taken += 1;
      at = open + 1;
      item = taken;
    } else return false;
  }
  while (at < wanted && isOpen(at)) at += 1;
  return at === wanted;
}

/** Tells what of a list is wanted; a blank pattern wants all. Throws RESCALE_INPUT for a pattern that can't be used. */
export function globFilter(pattern: string): ((path: string) => boolean) | undefined {
  return pattern === '' ? undefined : globMatcher(pattern);
}
