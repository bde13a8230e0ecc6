import type { IncomingHttpHeaders } from 'node:http';
import type { OpenAnswer } from '../request/caller';
import type { ByteRange, Contents } from '../client/client';
import { RescaleError, type ErrorText } from '../errors/errors';
import { brokenOff } from '../request/failures';
import { checkWhole } from '../errors/whole-number';

/** `Range` of a request, undefined for the whole. Throws RESCALE_INPUT for what is no range. */
export function rangeHeader(range: ByteRange | undefined): string | undefined {
  if (range === undefined) return undefined;
  if ('last' in range) {
    checkWhole('range.last', range.last, 1);
    return `bytes=-${range.last}`;
  }
  const { start, end } = range;
  checkWhole('range.start', start, 0);
  if (end !== undefined) checkWhole('range.end', end, start);
  return `bytes=${start}-${end ?? ''}`;
}

/** What has begun to arrive, as the caller gets it. Throws RESCALE_PROTOCOL when it is not clear which part it is. */
export function toContents(open: OpenAnswer): Contents {
  const { status, headers } = open.answer;
  const about = { status, etag: single(headers.etag), type: single(headers['content-type']) };
  if (status === 416) {
    open.exchange.end(new Error('not needed'));
    open.release();
    const size = partOf(headers, /^bytes \*\/(?<size>\d+)$/)?.size ?? null;
    const range = size === null ? null : { start: size, end: size - 1, size };
    return { ...about, ...NOTHING, bytes: 0, range };
  }
  const range = status === 206 ? partOf(headers, /^bytes (?<start>\d+)-(?<end>\d+)\/(?<size>\d+|\*)$/) : null;
  if (status === 206 && range === null) {
    open.exchange.end(new Error('of no use'));
    open.release();
    const { platform } = open.asked;
    const reason: ErrorText = { key: 'reason-part-without-place' };
    throw new RescaleError('RESCALE_PROTOCOL', 'protocol', { platform, reason }, status);
  }
  const length = single(headers['content-length']);
  const bytes = length !== null && /^\d+$/.test(length) ? Number(length) : null;
  return { ...about, ...bodyOf(open), bytes, range };
}

function partOf(headers: IncomingHttpHeaders, form: RegExp): Contents['range'] {
  const found = form.exec(single(headers['content-range'])?.trim().toLowerCase() ?? '')?.groups;
  if (!found) return null;
  const size = found['size'] === '*' ? null : Number(found['size']);
  const start = Number(found['start'] ?? 0);
  const end = Number(found['end'] ?? -1);
  return found['start'] !== undefined && end < start ? null : { start, end, size };
}

function single(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** Bytes that lie ready: with less, the connection would be stopped and started again for every piece. */
const AHEAD = 256 * 1024;

/** The bytes of a body for one reader, and the way to give them up. */
type Body = Pick<Contents, 'chunks' | 'discard'>;

/** For an answer without a body to read. */
const NOTHING: Body = {
  chunks: { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(DONE) }) },
  discard: () => {},
};
const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Reads a body for whoever iterates. Whatever happens to the connection, at any instant, is kept until the reader asks: the
 * body has its listeners from the moment its answer is here, so that no error of it is ever without one. What arrived before a
 * break is still handed on. The time without a byte counts only while somebody wants to read, so a slow disk on this side
 * is not taken for a silent platform.
 */
function bodyOf(open: OpenAnswer): Body {
  const { answer, exchange, watchdog, asked, scope } = open;
  const source = answer.body;
  const ready: Buffer[] = [];
  let bytesReady = 0;
  let state: 'open' | 'ended' | 'failed' | 'discarded' = 'open';
  let failure: Error | null = null;
  let wake: (() => void) | null = null;

  const close = (as: 'ended' | 'failed' | 'discarded') => {
    if (state !== 'open') return;
    state = as;
    scope.signal.removeEventListener('abort', abort);
    watchdog.rest();
    if (as !== 'ended') exchange.end(new Error('not wanted any more'));
    open.release();
    wake?.();
  };
  const fail = (error: Error) => {
    if (state === 'open') failure = error;
    close('failed');
  };
  const discard = () => {
    ready.length = 0;
    close('discarded');
  };
  const abort = () => {
    ready.length = 0;
    fail(scope.signal.reason as Error);
  };
  const broken = () => {
    if (state !== 'open') return;
    try {
      fail(brokenOff(asked, exchange, watchdog, scope, true).error(scope.spent()));
    } catch (aborted) {
      fail(aborted as Error);
    }
  };
  source.on('data', (piece: Buffer) => {
    watchdog.feed();
    if (state !== 'open') return;
    ready.push(piece);
    bytesReady += piece.length;
    wake?.();
    if (bytesReady < AHEAD) return;
    source.pause();
    watchdog.rest();
  });
  source.once('end', () => close('ended'));
  source.on('error', broken);
  source.once('close', broken);
  source.pause();
  watchdog.rest();
  if (scope.signal.aborted) abort();
  else scope.signal.addEventListener('abort', abort, { once: true });

  const arrival = () =>
    new Promise<void>((resolve) => {
      wake = () => {
        wake = null;
        resolve();
      };
    });
  const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
    for (;;) {
      const piece = ready.shift();
      if (piece) {
        bytesReady -= piece.length;
        return { done: false, value: piece };
      }
      if (failure) throw failure;
      if (state !== 'open') return DONE;
      const arrived = arrival();
      watchdog.wake();
      source.resume();
      await arrived;
    }
  };
  const leave = () => {
    discard();
    return Promise.resolve(DONE);
  };
  return { chunks: { [Symbol.asyncIterator]: () => ({ next, return: leave }) }, discard };
}
