import type picomatch from 'picomatch';
import { RescaleError } from '../../api/errors/errors';

/** Loaded on first use: most flows filter nothing. */
const load = () => module.require('picomatch') as typeof picomatch;

/** Longer than any pattern that somebody types. */
const MOST_CHARACTERS = 1_000;
/** Stars between two slashes beside brackets; each one more makes a name that does not fit take longer, by its length. */
const MOST_STARS = 3;

/**
 * Tells whether a path inside the working directory, or a name, fits a pattern. Hidden files count as well, unless they are left
 * out and the pattern names none. Letters composed and
 * decomposed are the same, and paths are the cluster's, whatever system Node-RED is on. Throws RESCALE_INPUT for a pattern that
 * could block Node-RED.
 *
 * Patterns of names, `*`, `?` and `**` are matched here, in one way through the name: an expression, which is what the library
 * makes of them, tries all ways to share a name among its stars.
 */
export function globMatcher(pattern: string, { hidden = true } = {}): (path: string) => boolean {
  const composed = pattern.normalize('NFC');
  if (composed.length > MOST_CHARACTERS) throw refused(pattern);
  const matches = /[[\](){}!\\+@|]/.test(composed) ? byLibrary(composed) : inOneWay(composed);
  const all = hidden || isHidden(composed);
  return (path) => (all || !isHidden(path)) && matches(path.normalize('NFC'));
}

const isHidden = (path: string) => /(^|\/)\.[^./]/.test(path);

function byLibrary(pattern: string): (path: string) => boolean {
  const stars = pattern.split('/').map((part) => part.replace(/[^*+]+/g, ' ').match(/\*+|\+/g)?.length ?? 0);
  if (Math.max(...stars) > MOST_STARS) throw refused(pattern);
  return load()(pattern, { dot: true, windows: false });
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
