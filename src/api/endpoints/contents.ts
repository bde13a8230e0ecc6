import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { OpenAnswer } from '../request/caller';
import type { ByteRange, Contents } from '../client/client';
import { RescaleError, type Sentence } from '../errors/errors';
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
    return { ...about, stream: Readable.from([]), bytes: 0, range };
  }
  const range = status === 206 ? partOf(headers, /^bytes (?<start>\d+)-(?<end>\d+)\/(?<size>\d+|\*)$/) : null;
  if (status === 206 && range === null) {
    open.exchange.end(new Error('of no use'));
    open.release();
    const { platform } = open.asked;
    const reason: Sentence = { sentence: 'reason-part-without-place' };
    throw new RescaleError('RESCALE_PROTOCOL', 'protocol', { platform, reason }, status);
  }
  const length = single(headers['content-length']);
  const bytes = length !== null && /^\d+$/.test(length) ? Number(length) : null;
  return { ...about, stream: relay(open), bytes, range };
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

/**
 * Passes the bytes on, and turns what goes wrong into our errors. The time without a byte counts only while somebody
 * wants to read, so a slow disk on this side is not taken for a silent platform.
 */
function relay(open: OpenAnswer): Readable {
  const { answer, exchange, watchdog, asked, scope } = open;
  const source = answer.body;
  let ended = false;
  source.pause();
  watchdog.rest();

  const stream = new Readable({
    highWaterMark: AHEAD,
    read() {
      watchdog.wake();
      source.resume();
    },
    destroy(error, done) {
      scope.signal.removeEventListener('abort', abort);
      if (!ended) exchange.end(new Error('not wanted any more'));
      open.release();
      done(error);
    },
  });
  const abort = () => stream.destroy(scope.signal.reason as Error);
  const fail = () => {
    if (ended || stream.destroyed) return;
    stream.destroy(brokenOff(asked, exchange, watchdog, scope, true).error(scope.spent()));
  };

  source.on('data', (piece: Buffer) => {
    watchdog.feed();
    if (stream.push(piece)) return;
    source.pause();
    watchdog.rest();
  });
  source.once('end', () => {
    ended = true;
    watchdog.rest();
    stream.push(null);
  });
  source.once('error', fail);
  source.once('close', fail);
  if (scope.signal.aborted) abort();
  else scope.signal.addEventListener('abort', abort, { once: true });
  return stream;
}
