import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Body } from '../answers/answers';
import { jsonText } from '../answers/raw-numbers';
import { PIECE, piecesOf } from '../content/contents';
import type { FaultRule } from '../scripts/fault-rule';

/** Long enough for bytes on loopback to be read before a reset takes the connection away. */
const RESET_AFTER = 20;

/** Sends an answer, with what a rule does to it on the wire. Rejects when `signal` is aborted. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  rule: FaultRule,
  signal: AbortSignal,
): Promise<void> {
  if (rule.delay) await pause(rule.delay, undefined, { signal });
  if (rule.reset === 'unanswered') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { length, pieces } = wire(answer.body, rule);
  const bodyless = answer.status === 204 || answer.status === 304;
  if (!bodyless) response.setHeader('content-length', length);
  response.writeHead(answer.status, answer.headers);
  if (bodyless || response.req.method === 'HEAD') {
    response.end();
    return;
  }
  const until = rule.cut ?? (typeof rule.reset === 'object' ? rule.reset.at : Infinity);
  response.flushHeaders();
  await write(
    response,
    rule.drip ? resized(pieces, rule.drip.bytes) : pieces,
    until,
    rule.drip?.every,
    signal,
  );
  if (until >= length) {
    response.end();
  } else if (rule.cut === undefined) {
    await pause(RESET_AFTER, undefined, { signal });
    response.socket?.resetAndDestroy();
  } else {
    response.socket?.destroySoon();
  }
}

async function write(
  response: ServerResponse,
  pieces: Iterable<Buffer>,
  until: number,
  every: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  let sent = 0;
  for (const piece of pieces) {
    if (sent >= until) return;
    if (every !== undefined && sent > 0) await pause(every, undefined, { signal });
    const part = piece.subarray(0, until - sent);
    sent += part.length;
    if (!response.write(part)) await drained(response, signal);
    if (signal.aborted) return;
  }
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

/** The bytes of a body and how many they are, padded and corrupted as the rule says. */
function wire(body: Body, rule: FaultRule): { length: number; pieces: Iterable<Buffer> } {
  let length: number;
  let pieces: Iterable<Buffer>;
  if (body.kind === 'content') {
    length = body.end - body.start;
    pieces = piecesOf(body.content, body.start, body.end);
    if (rule.corruptAt !== undefined) pieces = corrupted(pieces, rule.corruptAt - body.start);
  } else {
    const buffer = Buffer.from(textOf(body));
    length = buffer.length;
    pieces = [buffer];
  }
  if (rule.oversize === undefined || rule.oversize <= length) return { length, pieces };
  return { length: rule.oversize, pieces: padded(pieces, rule.oversize - length) };
}

function textOf(body: Exclude<Body, { kind: 'content' }>): string {
  if (body.kind === 'text') return body.text;
  return body.kind === 'json' ? jsonText(body.value) : '';
}

/** Blanks, so that padded JSON stays JSON. */
function* padded(pieces: Iterable<Buffer>, count: number): Generator<Buffer> {
  yield* pieces;
  const blanks = Buffer.alloc(PIECE, ' ');
  for (let left = count; left > 0; left -= PIECE) yield blanks.subarray(0, Math.min(left, PIECE));
}

function* corrupted(pieces: Iterable<Buffer>, offset: number): Generator<Buffer> {
  let position = 0;
  for (const piece of pieces) {
    const at = offset - position;
    position += piece.length;
    if (at < 0 || at >= piece.length) {
      yield piece;
    } else {
      const flipped = Buffer.from(piece);
      flipped[at]! ^= 0xff;
      yield flipped;
    }
  }
}

function* resized(pieces: Iterable<Buffer>, bytes: number): Generator<Buffer> {
  for (const piece of pieces) {
    for (let start = 0; start < piece.length; start += bytes) yield piece.subarray(start, start + bytes);
  }
}
