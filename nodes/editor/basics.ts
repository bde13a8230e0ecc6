/** The help of what all nodes share: its name in the editor, and its sections in their order. */
export const BASICS = 'rescale-basics';

export const BASIC_SECTIONS = ['terms', 'fields', 'reliability', 'errors', 'examples'] as const;
export type BasicSection = (typeof BASIC_SECTIONS)[number];
