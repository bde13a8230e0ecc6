/** Questions to this Node-RED. */
import { reason, text, type Reason } from './texts';

interface Answer {
  /** How long the server took. */
  milliseconds: number;
  reason?: Reason;
}

/** Why there is no answer, as a sentence for the reader. */
export interface NoAnswer extends Error {
  /** How long the server took, where it took the question. */
  milliseconds?: number;
}

function noAnswer(sentence: string, milliseconds?: number): NoAnswer {
  return Object.assign(new Error(sentence), { milliseconds });
}

/**
 * Asks this Node-RED. Resolves with its answer; rejects with a NoAnswer, also
 * where the server gives a reason instead of an answer.
 */
export function ask<Found extends object>(address: string, question: object): Promise<Found & Answer> {
  // A relative address works under any httpAdminRoot, and only to such does the editor add its own credentials.
  const request = $.ajax({
    url: address,
    type: 'POST',
    contentType: 'application/json',
    data: JSON.stringify(question),
  });
  return new Promise((resolve, reject) => {
    request.then(
      (answer: Found & Answer) =>
        answer.reason ? reject(noAnswer(reason(answer.reason), answer.milliseconds)) : resolve(answer),
      ({ status }: JQuery.jqXHR) => {
        const why = { 401: 'forbidden', 403: 'forbidden', 404: 'not-loaded' }[status];
        reject(noAnswer(text(`ask.${why ?? 'no-answer'}`)));
      },
    );
  });
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
