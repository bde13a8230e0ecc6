import type { Request, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { isRescaleError, RescaleError, type ErrorTextValues } from '../../api/errors/errors';
import { listen } from '../../api/errors/guard';

/** Why the editor gets nothing: a key of the platform's catalog, so that each browser says it in its own language. */
interface Reason {
  key: string;
  values: ErrorTextValues;
}

/** What the editor asked. Nothing in it is trusted. */
export type Question = Record<string, unknown>;

/** How long a person looks at a dialog before an answer is of no use, in milliseconds. */
const LONGEST_ANSWER = 20_000;

/** Node-RED's permission, as `<type>.read` and `<type>.write`. */
type Permission = 'rescale-platform.read' | 'rescale-platform.write' | 'rescale-watch-runs.write';

/**
 * Answers a question of the editor with `answer`'s result, or with `{ reason }`, and the `milliseconds` it took. Both
 * are HTTP 200, because a platform that can't be reached is no failure of Node-RED. The signal is aborted when nobody
 * waits any more.
 */
export function answerEditor(
  RED: NodeAPI,
  address: string,
  permission: Permission,
  answer: (question: Question, signal: AbortSignal) => Promise<object>,
): void {
  RED.httpAdmin.post(
    address,
    RED.auth.needsPermission(permission),
    (request: Request, response: Response) => {
      const left = new AbortController();
      listen(response, 'close', () => left.abort());
      const late = AbortSignal.timeout(LONGEST_ANSWER);
      const body: unknown = request.body;
      const question = body !== null && typeof body === 'object' ? (body as Question) : {};
      const begun = performance.now();
      answer(question, AbortSignal.any([left.signal, late]))
        .catch((error: unknown) => ({ reason: late.aborted ? slow(question) : reasonFor(error) }))
        .then((said) => response.json({ ...said, milliseconds: Math.round(performance.now() - begun) }))
        .catch(() => response.end());
    },
  );
}

/** Throw it to answer with a text of the editor's own. */
export class EditorReason extends Error {
  constructor(
    readonly key: string,
    readonly values: ErrorTextValues = {},
  ) {
    super(key);
  }
}

/** Only a sentence and what fills it: nothing else of an error goes to a browser. */
export function reasonFor(error: unknown): Reason {
  if (error instanceof EditorReason) return { key: `rescale-platform.${error.key}`, values: error.values };
  if (isRescaleError(error)) return { key: `errors.${error.key}`, values: error.values };
  return { key: 'errors.unexpected', values: { reason: error instanceof Error ? error.message : '' } };
}

function slow(question: Question): Reason {
  const platform = typeof question['url'] === 'string' ? question['url'] : 'Rescale';
  return reasonFor(
    new RescaleError('RESCALE_TIMEOUT', 'timeout', { platform, seconds: LONGEST_ANSWER / 1000 }),
  );
}
