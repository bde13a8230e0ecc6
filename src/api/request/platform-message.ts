import { createKeyRedactor, neverFailing, type Redact } from '../errors/redactor';
import { MOST_DEPTH } from '../limits/limits';

/**
 * What the platform says in an error, ready for an error of ours: on one line, short, without secrets. It answers with
 * `{detail}`, with maps of field errors, nested ones too, and with bare JSON strings (docs/platform.md, errors).
 */
export function messageOfValue(value: unknown, token: string, redact?: Redact): string {
  return presentable(fieldMessages(value, '', 0).slice(0, MOST_FIELDS).join('; '), token, redact);
}

/**
 * The platform's own refusal is an object whose `detail` is a text, whatever its language; null for what anybody else says.
 * Gateways and their frameworks answer with problem documents (RFC 9457), which have a `detail` as well.
 */
export function readApiMessage(text: string, token: string, redact?: Redact): string | null {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || isForeign(value)) return null;
  const { detail } = value as { detail?: unknown };
  const texts = Array.isArray(detail) ? detail : [detail];
  return texts.every((one) => typeof one === 'string') ? messageOfValue(detail, token, redact) || null : null;
}

/**
 * The same for what the platform says of a request that it does not take: `detail`, a map of field errors, or a bare text or
 * list, all of them JSON (docs/platform.md, errors). Blank for one that gives no reason.
 */
export function readApiRefusal(text: string, token: string, redact?: Redact): string | null {
  const value = parsed(text);
  if (value === undefined || value === null) return null;
  const foreign = typeof value === 'object' && (isForeign(value) || saysOnly(value));
  return foreign ? null : messageOfValue(value, token, redact);
}

/** In errors of gateways and web frameworks plain values; in the platform's, at most names of fields, whose errors are lists. */
const FOREIGN = [
  'status',
  'statusCode',
  'timestamp',
  'title',
  'instance',
  'requestId',
  'request_id',
  'trace',
  'type',
];

function isForeign(value: object): boolean {
  const named = value as Record<string, unknown>;
  return FOREIGN.some((name) => ['string', 'number'].includes(typeof named[name]));
}

/**
 * `{"message": "no Route matched"}`, `{"error": "forbidden", "code": 403}`, `{"success": false, "errors": []}`: names of its own,
 * and plain values. The platform names fields, whose errors are texts in lists, or gives a `detail`.
 */
function saysOnly(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0;
  const values = Object.entries(value);
  if (typeof (value as { detail?: unknown }).detail === 'string') return false;
  if (values.some(([, said]) => said === null || ['boolean', 'number'].includes(typeof said))) return true;
  return (
    values.length > 0 &&
    values.every(
      ([name, said]) => /^(message|error\w*|fault|reason|code)$/i.test(name) && !Array.isArray(said),
    )
  );
}

/** True for HTML and XML, such as the pages of gateways and the errors of storage services. */
export function looksLikePage(text: string): boolean {
  return /^[\s\uFEFF]*</.test(text);
}

/** What may stand before the first element: marks, the prolog of XML, comments. */
const BEFORE_ELEMENT = /^[\s\uFEFF]*(?:<\?xml\b[^>]*>\s*)?(?:<!--[^]*?-->\s*)*/i;
/** With these a page begins, and no XML of a solver does. */
const OF_PAGE =
  /^<(?:!doctype\s+html|html|head|body|title|meta|script|style|noscript|iframe|center|h1)(?![\w:.-])/i;
/** With these as well, where the answer calls itself HTML; XML of a solver may have them for its own. */
const OF_HTML =
  /^<(?:!doctype|base|link|div|main|p|h[2-6]|span|b|font|form|table|pre|br|hr|img|a)(?![\w:.-])/i;
/** Errors of storage services (S3, Azure, Google), of SOAP, and of map services. */
const OF_ERROR =
  /^<(?:\w+:)?(?:error|errors|errorresponse|fault|envelope|serviceexceptionreport)(?![\w:.-])/i;
/** In JSON the first name of an error, and what the error says. */
const FIRST_NAME =
  /^[\s\uFEFF]*\{\s*"(?:detail|error\w*|message|msg|fault\w*|code|status\w*|title|type|reason|success|ok|timestamp|trace\w*|path|request_?id)"\s*:/i;
const ERROR_NAME =
  /"(?:detail|error\w*|message|fault\w*|reason)"\s*:|"(?:status\w*|code)"\s*:\s*"?[45]\d\d\b/i;

/**
 * True for what begins like a web page or like an error message of the API, a gateway or a storage service, and not like a result. `type`:
 * how the answer calls itself. By itself that says little: web frameworks call everything `text/html` that nobody gave a name.
 */
export function looksLikeErrorPage(beginning: string, type: string | null): boolean {
  const element = beginning.replace(BEFORE_ELEMENT, '');
  if (OF_PAGE.test(element) || OF_ERROR.test(element)) return true;
  if (/^(?:text\/html|application\/xhtml\+xml)\b/i.test(type?.trim() ?? '') && OF_HTML.test(element))
    return true;
  return FIRST_NAME.test(beginning) && ERROR_NAME.test(beginning);
}

const MOST_CHARACTERS = 300;
/** What is looked at to find these; far more than are shown, because secrets are cut out on the way. */
const MOST_CONSIDERED = 4_000;
const MOST_FIELDS = 20;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** `name: This field is required.` for each thing said, nested as it may be. */
function fieldMessages(value: unknown, path: string, depth: number): string[] {
  if (value === null || value === undefined || value === '' || depth > MOST_DEPTH) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      fieldMessages(item, typeof item === 'object' ? `${path}[${index}]` : path, depth + 1),
    );
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([name, inner]) => {
      const named = UNNAMED.has(name) ? path : path ? `${path}.${name}` : name;
      return fieldMessages(inner, named, depth + 1);
    });
  }
  const message = typeof value === 'string' ? value : JSON.stringify(value);
  return [path ? `${path}: ${message}` : message];
}

/** Names that carry the message itself and say nothing to a reader. */
const UNNAMED = new Set(['detail', 'non_field_errors', '__all__', 'message', 'error', 'errors']);

function presentable(text: string, token: string, redact: Redact = (line) => line): string {
  const line = text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return neverFailing(() => (words) => shorten(withoutKey(redact(words), token)))(beginning(line));
}

/** Cut between two words, so that no half of a secret is left that would not be known as one. */
function beginning(line: string): string {
  if (line.length <= MOST_CONSIDERED) return line;
  const end = line.lastIndexOf(' ', MOST_CONSIDERED);
  return end > 0 ? line.slice(0, end) : '…';
}

/** The last one that was made: a platform that refuses once does so again and again. */
let latest = { token: '', redact: createKeyRedactor('') };

/** Cuts queries off URLs (signed ones open a file), and the token out. */
function withoutKey(text: string, token: string): string {
  const cut = text
    .replace(/[^\s"'<>]+/g, withoutQuery)
    .replace(
      /([?&;\s]|^)((?:x-amz-|x-goog-)?(?:sig|signature|token|credential|key|se|sp|sv|password))=[^&\s"'<>]+/gi,
      '$1$2=…',
    )
    .replace(/\b(token|bearer) [\w.-]{8,}/gi, '$1 …');
  if (latest.token !== token) latest = { token, redact: createKeyRedactor(token) };
  return latest.redact(cut);
}

function withoutQuery(word: string): string {
  const address = word.search(/https?:\/\//i);
  const query = address < 0 ? -1 : word.indexOf('?', address);
  return query < 0 ? word : `${word.slice(0, query)}?…`;
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > MOST_CHARACTERS ? `${characters.slice(0, MOST_CHARACTERS).join('')}…` : text;
}
