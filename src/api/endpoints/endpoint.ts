/** What the endpoints share: where things lie, and how an answer is read. */
import type { CallOptions, ListOptions } from '../client/client';
import { isRescaleError, RescaleError, type ErrorText } from '../errors/errors';
import type { Redact } from '../errors/redactor';
import { idSegment, PLAIN_ID, queryText, type Query } from '../http/addresses';
import { messageOfValue } from '../request/platform-message';
import type { Call, MakeCall, Response } from '../request/request';
import { LARGE, ownTurn } from '../time/turns';
import { withLatestCopies, type IsLater } from './latest-copy';
import type { Listing } from './one-pass';
import { ExactNumbersNeeded, readEnvelope, type Reader } from './rows';

/** Where something lies, and what it means when nothing lies there. */
type Place = Pick<Call, 'path' | 'notFound'>;

export interface Endpoint {
  readonly platform: string;
  /** `/api/v2/`, or `/api/` for v1. */
  readonly prefix: string;
  /** What a 404 means where no id is in the address. */
  readonly noApi: ErrorText;
  /** `…/jobs/{job}/`, and the rest below it. */
  readonly job: (jobId: string, rest?: string) => Place;
  /** `…/jobs/{job}/runs/{run}/` */
  readonly run: (jobId: string, runId: string, rest?: string) => Place;
  /** `…/files/{file}/` */
  readonly file: (fileId: string, rest?: string) => Place;
  make: MakeCall;
  /** Makes a call and reads its answer; `expected` is the API's name for it. */
  readonly read: <Value>(
    call: Call,
    expected: string,
    reader: Reader<Value>,
    options: CallOptions | undefined,
  ) => Promise<Value>;
  /** The same for an answer that is here. */
  readFrom<Value>(
    response: Response,
    expected: string,
    reader: Reader<Value>,
    options: CallOptions | undefined,
  ): Value;
  /** A list, to be read page by page. */
  listing<Row>(
    list: {
      path: string;
      notFound: ErrorText;
      query?: Query;
      expected: string;
      /** Of two copies of a row on one page; without it the first counts. */
      isLater?: IsLater<Row>;
    },
    row: Reader<Row>,
    identity: (row: Row) => string,
    options?: ListOptions,
  ): Listing<Row>;
  /** What the platform says, ready for an error of ours: on one line, short, without secrets. */
  presented(value: unknown, options: CallOptions | undefined): string;
  /** Says that rows of a list had to be left out. */
  tellOdd(odd: number, expected: string): void;
}

interface EndpointOptions extends Source {
  prefix: string;
  make: MakeCall;
  warn: ((text: ErrorText) => void) | undefined;
}

/** Pages with odd rows that are remembered; hardly a platform has one. */
const MOST_ODD = 1_000;

export function createEndpoint({ make, prefix, warn, ...source }: EndpointOptions): Endpoint {
  const { platform } = source;
  /** How many rows of a page that is polled were odd last; a node that waits for a week would say it at each look. */
  const oddRows = new Map<string, number>();
  const isNews = (page: string, odd: number) => {
    const isSame = oddRows.get(page) === odd;
    oddRows.delete(page);
    if (odd > 0) oddRows.set(page, odd);
    if (oddRows.size > MOST_ODD) oddRows.delete(oddRows.keys().next().value!);
    return !isSame;
  };

  const endpoint: Endpoint = {
    platform,
    prefix,
    noApi: { key: 'not-found-api', values: { platform } },
    job: (jobId, rest = '') => ({
      path: `${prefix}jobs/${segment('jobId', jobId)}/${rest}`,
      notFound: { key: 'not-found-job', values: { platform, jobId } },
    }),
    run: (jobId, runId, rest = '') => ({
      path: `${prefix}jobs/${segment('jobId', jobId)}/runs/${segment('runId', runId)}/${rest}`,
      notFound: { key: 'not-found-run', values: { jobId, runId } },
    }),
    file: (fileId, rest = '') => ({
      path: `${prefix}files/${segment('fileId', fileId)}/${rest}`,
      notFound: { key: 'not-found-file-id', values: { platform, fileId } },
    }),
    make,
    async read(call, expected, reader, options) {
      const answer = await make(call, options);
      if (answer.bytes.length > LARGE) await ownTurn(answer.bytes.length);
      return readAnswer(answer, expected, reader, { ...source, redact: options?.redact });
    },
    presented: (value, options) => messageOfValue(value, source.token, options?.redact),
    readFrom: (response, expected, reader, options) =>
      readAnswer(response, expected, reader, { ...source, redact: options?.redact }),
    listing({ path, notFound, query, expected, isLater }, row, identity, options = {}) {
      const reader = readEnvelope(row);
      const fetch = async (asked: Query, signal: AbortSignal | undefined) => {
        const text = queryText({ ...asked, ...query, page: asked['page'] });
        return make({ method: 'GET', path: path + text, notFound }, { ...options, signal });
      };
      return {
        platform,
        expected,
        identity,
        options,
        async fetchPage(asked, signal, toldOdd = 0) {
          try {
            const answer = await fetch(asked, signal);
            if (answer.bytes.length > LARGE) await ownTurn(answer.bytes.length);
            const readPage = () => {
              const page = readAnswer(answer, expected, reader, source);
              return isLater ? { ...page, rows: withLatestCopies(page.rows, identity, isLater) } : page;
            };
            // A page that is known by a cursor may have another one each time, so it is not kept.
            const envelope =
              options.memory && isByNumber(asked)
                ? options.memory.read(JSON.stringify(asked), answer.bytes, readPage)
                : readPage();
            const odd = envelope.odd - toldOdd;
            if (options.priority !== 'poll' || isNews(`${path} ${asked['page']}`, odd))
              endpoint.tellOdd(odd, expected);
            return envelope;
          } catch (error) {
            const isFirst = asked['page'] === 1 || asked['page'] === undefined;
            if (isFirst || !isRescaleError(error) || error.code !== 'RESCALE_NOT_FOUND') throw error;
            // A page past the end is refused like a list that is gone. If the list has a beginning, it was the end.
            await fetch({ page: 1, page_size: 1 }, signal);
            return null;
          }
        },
      };
    },
    tellOdd(odd, expected) {
      if (odd > 0) warn?.({ key: 'list-odd-rows', values: { platform, count: odd, expected } });
    },
  };
  return endpoint;
}

/** An id as a segment of an address: as it is, in the form of nearly every id. */
function segment(field: string, id: string): string {
  return typeof id === 'string' && PLAIN_ID.test(id) ? id : idSegment(field, id);
}

function isByNumber(asked: Query): boolean {
  return Object.keys(asked).every((name) => name === 'page' || name === 'page_size');
}

/** What a text is, judged by itself, for the Content-Type can't be trusted (docs/platform.md, errors). */
type Content = { kind: 'json'; value: unknown } | { kind: 'empty' | 'page' | 'not-json' };

/** `exact` keeps whole numbers beyond 2^53 digit by digit, as texts; it takes longer. */
export function readContent(bytes: Buffer, exact = false): Content {
  let text = bytes.toString('utf8');
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  // A name that would become the prototype of a copy is left out.
  const reviver = text.includes('_proto__') || text.includes('\\u005') ? withoutPrototype : undefined;
  try {
    if (exact) text = withExactNumbers(text);
    return { kind: 'json', value: JSON.parse(text, reviver) };
  } catch {
    if (text.trim() === '') return { kind: 'empty' };
    if (/^\s*</.test(text)) return { kind: 'page' };
  }
  try {
    return { kind: 'json', value: JSON.parse(asStrict(text), reviver) };
  } catch {
    return { kind: 'not-json' };
  }
}

/**
 * The bare words for what is no number, as Python writes the result of a run that diverged, are no value; control characters
 * inside of texts, such as a raw tab, are what they would be in order.
 */
function asStrict(text: string): string {
  return text.replace(/"(?:[^"\\]|\\[^]?)*"?|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token.replace(/[^ -\uffff]/g, escaped) : 'null',
  );
}

function escaped(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}

function withoutPrototype(name: string, value: unknown): unknown {
  return name === '__proto__' ? undefined : value;
}

/**
 * Puts whole numbers that a number of JavaScript can't hold into quotes, and ids however they are written (`1e30`); those inside
 * of texts are left alone.
 */
function withExactNumbers(text: string): string {
  let name = '';
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, (token) => {
    const isText = token.startsWith('"');
    const inexact = !isText && !Number.isSafeInteger(Number(token));
    const quoted = inexact && (name === '"id"' || /^-?\d{16,}$/.test(token));
    name = isText ? token : '';
    return quoted ? `"${token}"` : token;
  });
}

/** Whose answer it is, for errors. */
interface Source {
  platform: string;
  token: string;
  redact?: Redact | undefined;
}

/**
 * The answer as `read` has it, which returns null for what it should not be. `expected` is the API's name for it. Throws
 * RESCALE_PROTOCOL.
 */
function readAnswer<Value>(
  { bytes, status }: Response,
  expected: string,
  read: (value: unknown) => Value | null,
  { platform, token, redact }: Source,
): Value {
  const fail = (...[key, values]: [RescaleError['key'], RescaleError['values']?]) =>
    new RescaleError('RESCALE_PROTOCOL', key, { platform, ...values }, status);
  const content = readContent(bytes);
  switch (content.kind) {
    case 'empty':
      throw fail('protocol-empty', { expected });
    case 'page':
      throw fail('protocol-page', { status });
    case 'not-json':
      throw fail('protocol-cut');
    case 'json': {
      let value: Value | null;
      try {
        value = read(content.value);
      } catch (error) {
        if (!(error instanceof ExactNumbersNeeded)) throw error;
        value = readExactly(bytes, read);
      }
      if (value !== null) return value;
      const notice = content.value as { detail?: unknown } | null;
      const isNotice = typeof notice === 'object' && notice !== null && Object.hasOwn(notice, 'detail');
      if (!isNotice) throw fail('protocol-shape', { expected });
      throw fail('protocol-notice', { expected, words: messageOfValue(notice.detail, token, redact) });
    }
  }
}

/** True for an answer without a word, which is fine for an action (docs/platform.md, actions). */
export function isEmptyAnswer({ bytes }: Response): boolean {
  return readContent(bytes).kind === 'empty';
}

/** The same again, digit by digit. */
function readExactly<Value>(bytes: Buffer, read: (value: unknown) => Value | null): Value | null {
  const again = readContent(bytes, true);
  try {
    return again.kind === 'json' ? read(again.value) : null;
  } catch (error) {
    if (error instanceof ExactNumbersNeeded) return null; // Written as `1e30`, which has no digits to keep.
    throw error;
  }
}
