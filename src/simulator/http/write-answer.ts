import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Body } from '../answers/answers';
import { jsonText } from '../answers/raw-numbers';
import { CHUNK_SIZE, chunksOf } from '../content/contents';
import type { FaultRule } from '../scripts/fault-rule';

/** Long enough for bytes on loopback to be read before a reset takes the connection away. */
const RESET_AFTER = 20;

/** Sends an answer, with what a rule does to it on the wire. Rejects when `signal` is aborted. */
export async function writeAnswer(
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
  const { length, chunks } = encodeBody(answer.body, rule);
  const bodyless = answer.status === 204 || answer.status === 304;
  if (!bodyless) response.setHeader('content-length', length);
  response.writeHead(answer.status, answer.headers);
  if (bodyless || response.req.method === 'HEAD') {
    response.end();
    return;
  }
  const until = rule.cut ?? (typeof rule.reset === 'object' ? rule.reset.at : Infinity);
  response.flushHeaders();
  await writeChunks(
    response,
    rule.drip ? rechunked(chunks, rule.drip.bytes) : chunks,
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

async function writeChunks(
  response: ServerResponse,
  chunks: Iterable<Buffer>,
  until: number,
  every: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  let sent = 0;
  for (const chunk of chunks) {
    if (sent >= until) return;
    if (every !== undefined && sent > 0) await pause(every, undefined, { signal });
    const part = chunk.subarray(0, until - sent);
    sent += part.length;
    if (!response.write(part)) await drain(response, signal);
    if (signal.aborted) return;
  }
}

function drain(response: ServerResponse, signal: AbortSignal): Promise<void> {
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
function encodeBody(body: Body, rule: FaultRule): { length: number; chunks: Iterable<Buffer> } {
  let length: number;
  let chunks: Iterable<Buffer>;
  if (body.kind === 'content') {
    length = body.end - body.start;
    chunks = chunksOf(body.content, body.start, body.end);
    if (rule.corruptAt !== undefined) chunks = corrupted(chunks, rule.corruptAt - body.start);
  } else {
    const buffer = Buffer.from(textOf(body));
    length = buffer.length;
    chunks = [buffer];
  }
  if (rule.oversize === undefined || rule.oversize <= length) return { length, chunks };
  return { length: rule.oversize, chunks: padded(chunks, rule.oversize - length) };
}

function textOf(body: Exclude<Body, { kind: 'content' }>): string {
  if (body.kind === 'text') return body.text;
  return body.kind === 'json' ? jsonText(body.value) : '';
}

/** Blanks, so that padded JSON stays JSON. */
function* padded(chunks: Iterable<Buffer>, count: number): Generator<Buffer> {
  yield* chunks;
  const blanks = Buffer.alloc(CHUNK_SIZE, ' ');
  for (let left = count; left > 0; left -= CHUNK_SIZE) yield blanks.subarray(0, Math.min(left, CHUNK_SIZE));
}

function* corrupted(chunks: Iterable<Buffer>, offset: number): Generator<Buffer> {
  let position = 0;
  for (const chunk of chunks) {
    const at = offset - position;
    position += chunk.length;
    if (at < 0 || at >= chunk.length) {
      yield chunk;
    } else {
      const flipped = Buffer.from(chunk);
      flipped[at]! ^= 0xff;
      yield flipped;
    }
  }
}

function* rechunked(chunks: Iterable<Buffer>, bytes: number): Generator<Buffer> {
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += bytes) yield chunk.subarray(start, start + bytes);
  }
}
