import type picomatch from 'picomatch';

/** Loaded on first use: most flows filter nothing. */
const load = () => module.require('picomatch') as typeof picomatch;

/** Tells whether a path inside the working directory is wanted; a blank pattern wants all. Hidden files count as well. */
export function globFilter(pattern: string): ((path: string) => boolean) | undefined {
  return pattern === '' ? undefined : load()(pattern, { dot: true });
}
