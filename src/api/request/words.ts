import { MOST_DEPTH } from '../limits/limits';

/**
 * What the platform says in an error, ready for a key: on one line, short, without secrets. It answers with
 * `{detail}`, with maps of field errors, nested ones too, and with bare JSON strings (rescale-platform.md 1.7).
 */
export function platformWords(text: string, token: string): string {
  return shorten(redact(oneLine(plainWords(text)), token));
}

/** The same for what was parsed already. */
export function parsedWords(value: unknown, token: string): string {
  return shorten(redact(oneLine(joined(value)), token));
}

function joined(value: unknown): string {
  return fieldWords(value, '', 0).slice(0, MOST_FIELDS).join('; ');
}

const MOST_CHARACTERS = 300;
const MOST_FIELDS = 20;

function plainWords(text: string): string {
  if (looksLikePage(text)) return pageTitle(text);
  try {
    return joined(JSON.parse(text));
  } catch {
    return text;
  }
}

/** True for HTML and XML, such as the pages of gateways and the errors of storage services. */
export function looksLikePage(text: string): boolean {
  return /^[\s\uFEFF]*</.test(text);
}

function pageTitle(page: string): string {
  const title = /<(title|h1|message)[^>]*>([^<]*)</i.exec(page)?.[2]?.trim();
  return title ? `a web page: ${title}` : 'a web page';
}

/** `name: This field is required.` for each thing said, nested as it may be. */
function fieldWords(value: unknown, path: string, depth: number): string[] {
  if (value === null || value === undefined || value === '' || depth > MOST_DEPTH) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      fieldWords(item, typeof item === 'object' ? `${path}[${index}]` : path, depth + 1),
    );
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([name, inner]) => {
      const spoken = SPOKEN.has(name) ? path : path ? `${path}.${name}` : name;
      return fieldWords(inner, spoken, depth + 1);
    });
  }
  const words = typeof value === 'string' ? value : JSON.stringify(value);
  return [path ? `${path}: ${words}` : words];
}

/** Names that carry the words themselves and say nothing to a reader. */
const SPOKEN = new Set(['detail', 'non_field_errors', '__all__', 'message', 'error', 'errors']);

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/** Cuts queries off URLs (signed ones open a file), and the token out. */
function redact(text: string, token: string): string {
  const cut = text
    .replace(/\b(https?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi, '$1?…')
    .replace(
      /([?&;\s]|^)((?:x-amz-|x-goog-)?(?:sig|signature|token|credential|key|se|sp|sv|password))=[^&\s"'<>]+/gi,
      '$1$2=…',
    )
    .replace(/\b(token|bearer)\s+[\w.-]{8,}/gi, '$1 …');
  return token.length >= 6 ? cut.replaceAll(token, '…') : cut;
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length > MOST_CHARACTERS ? `${characters.slice(0, MOST_CHARACTERS).join('')}…` : text;
}
