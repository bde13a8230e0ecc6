import { MOST_DEPTH } from '../limits/limits';

/**
 * What the platform says in an error, ready for an error of ours: on one line, short, without secrets. It answers with
 * `{detail}`, with maps of field errors, nested ones too, and with bare JSON strings (docs/platform.md, errors).
 */
export function messageOf(text: string, token: string): string {
  if (looksLikePage(text)) return presentable(pageTitle(text), token);
  const value = parsed(text);
  return value === undefined ? presentable(text, token) : messageOfValue(value, token);
}

/** The same for what was parsed already. */
export function messageOfValue(value: unknown, token: string): string {
  return presentable(fieldMessages(value, '', 0).slice(0, MOST_FIELDS).join('; '), token);
}

/** The platform's own refusal is an object with `detail`, whatever its language; null for what anybody else says. */
export function readApiMessage(text: string, token: string): string | null {
  const value = parsed(text);
  const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, 'detail');
  return isOwn ? messageOfValue(value, token) : null;
}

/** True for HTML and XML, such as the pages of gateways and the errors of storage services. */
export function looksLikePage(text: string): boolean {
  return /^[\s\uFEFF]*</.test(text);
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

function pageTitle(page: string): string {
  const title = /<(title|h1|message)\b[^<>]*>([^<]*)</i.exec(page)?.[2]?.trim();
  return title ? `a web page: ${title}` : 'a web page';
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

function presentable(text: string, token: string): string {
  const line = text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return shorten(redact(beginning(line), token));
}

/** Cut between two words, so that no half of a secret is left that would not be known as one. */
function beginning(line: string): string {
  if (line.length <= MOST_CONSIDERED) return line;
  const end = line.lastIndexOf(' ', MOST_CONSIDERED);
  return end > 0 ? line.slice(0, end) : '…';
}

/** Cuts queries off URLs (signed ones open a file), and the token out. */
function redact(text: string, token: string): string {
  const cut = text
    .replace(/[^\s"'<>]+/g, withoutQuery)
    .replace(
      /([?&;\s]|^)((?:x-amz-|x-goog-)?(?:sig|signature|token|credential|key|se|sp|sv|password))=[^&\s"'<>]+/gi,
      '$1$2=…',
    )
    .replace(/\b(token|bearer) [\w.-]{8,}/gi, '$1 …');
  return token.length >= 6 ? cut.replaceAll(token, '…') : cut;
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
