import type { ErrorText } from '../../../api/errors/errors';

/** Why these rows can't become this picture, as a sentence for the flow's author. */
export class ChartProblem extends Error {
  constructor(readonly text: ErrorText) {
    super(text.key);
  }
}
