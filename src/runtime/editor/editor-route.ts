import type { Response } from 'express';
import type { NodeAPI } from 'node-red';
import { isRescaleError, RescaleError, type ErrorTextValues } from '../../api/errors/errors';
import { listen } from '../../api/errors/guard';
import { valuesWithoutKeys } from '../../api/errors/known-keys';

/** Why there is no result: a key of the platform's message catalog, so that each browser shows its own language. */
interface Reason {
  key: string;
  values: ErrorTextValues;
}

/** The body of the editor's request. Nothing in it is trusted. */
export type EditorRequest = Record<string, unknown>;

/** A person does not wait longer (ms) in front of a dialog. */
const ANSWER_TIMEOUT = 20_000;

/** Node-RED's permission, as `<type>.read` and `<type>.write`. */
type Permission = 'rescale-platform.read' | 'rescale-platform.write' | 'rescale-watch-runs.write';

/**
 * Registers a route of the admin API: POST, answered with `answer`'s result, or with `{ reason }`, and the `milliseconds` it
 * took. Both are HTTP 200, because a platform that can't be reached is no failure of Node-RED. The signal is aborted when nobody
 * waits any more.
 */
export function registerEditorRoute(
  RED: NodeAPI,
  path: string,
  permission: Permission,
  answer: (request: EditorRequest, signal: AbortSignal) => Promise<object>,
): void {
  RED.httpAdmin.post(
    path,
    RED.auth.needsPermission(permission),
    ({ body }: { body: unknown }, response: Response) => {
      const disconnected = new AbortController();
      listen(response, 'close', () => disconnected.abort());
      const timedOut = AbortSignal.timeout(ANSWER_TIMEOUT);
      const request = body !== null && typeof body === 'object' ? (body as EditorRequest) : {};
      const startedAt = performance.now();
      answer(request, AbortSignal.any([disconnected.signal, timedOut]))
        .catch((error: unknown) => ({ reason: timedOut.aborted ? timeoutReason(request) : reasonFor(error) }))
        .then((result) =>
          response.json({ ...result, milliseconds: Math.round(performance.now() - startedAt) }),
        )
        .catch(() => response.end());
    },
  );
}

/** Throw it to answer with a text of the platform dialog's catalog. */
export class EditorError extends Error {
  constructor(
    readonly key: string,
    readonly values: ErrorTextValues = {},
  ) {
    super(key);
  }
}

/** Only a sentence and what fills it: nothing else of an error goes to a browser. */
export function reasonFor(error: unknown): Reason {
  const { key, values } = unredactedReason(error);
  return { key, values: valuesWithoutKeys(values) };
}

function unredactedReason(error: unknown): Reason {
  if (error instanceof EditorError) return { key: `rescale-platform.${error.key}`, values: error.values };
  if (isRescaleError(error)) return { key: `errors.${error.key}`, values: error.values };
  return { key: 'errors.unexpected', values: { reason: error instanceof Error ? error.message : '' } };
}

function timeoutReason(request: EditorRequest): Reason {
  const platform = typeof request['url'] === 'string' ? request['url'] : 'Rescale';
  return reasonFor(
    new RescaleError('RESCALE_TIMEOUT', 'timeout', { platform, seconds: ANSWER_TIMEOUT / 1000 }),
  );
}
