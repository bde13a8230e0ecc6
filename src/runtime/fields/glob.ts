import type picomatch from 'picomatch';

/** Loaded on first use: most flows filter nothing. */
const load = () => module.require('picomatch') as typeof picomatch;

/**
 * Tells whether a path inside the working directory is wanted; a blank pattern wants all. Hidden files count as well. Letters
 * composed and decomposed are the same, and paths are the cluster's, whatever system Node-RED is on.
 */
export function globFilter(pattern: string): ((path: string) => boolean) | undefined {
  if (pattern === '') return undefined;
  const matches = load()(pattern.normalize('NFC'), { dot: true, windows: false });
  return (path) => matches(path.normalize('NFC'));
}
