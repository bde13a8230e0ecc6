/** What is wrong with the source of a node: one sentence, to be shown without a stack. */
export class SourceError extends Error {}
