import { globMatcher } from '../../runs/files/glob';

/** Tells what of a list is wanted; a blank pattern wants all. Throws RESCALE_INPUT for a pattern that can't be used. */
export function globFilter(pattern: string): ((path: string) => boolean) | undefined {
  return pattern === '' ? undefined : globMatcher(pattern);
}
