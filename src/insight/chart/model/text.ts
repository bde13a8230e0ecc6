/**
 * How wide texts are, so that nothing is cut or overlaps: the advance widths of Noto Sans (in hundredths of the size)
 * from the blank to the tilde. The usual sans-serif fonts of browsers are as wide or narrower.
 */
const WIDTHS = [
  26, 27, 41, 65, 57, 83, 73, 22, 30, 30, 55, 57, 27, 32, 27, 37, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 27,
  27, 57, 57, 57, 43, 90, 64, 65, 63, 73, 56, 52, 73, 74, 34, 27, 62, 52, 91, 76, 78, 60, 78, 62, 55, 56, 73,
  60, 93, 59, 57, 57, 33, 37, 33, 57, 44, 28, 56, 62, 48, 62, 56, 34, 62, 62, 26, 26, 53, 26, 94, 62, 60, 62,
  62, 41, 48, 36, 62, 51, 79, 53, 51, 47, 38, 55, 38, 57,
];
const OTHER = 60;
/** How much wider than Noto Sans a font may be that a browser has instead. */
export const FONTS_DIFFER = { plain: 1.12, bold: 1.22 };
/** From here on letters are as wide as high: Hangul, kana, Chinese characters, full-width forms. */
const WIDE = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

/** Pixels. */
export function textWidth(text: string, size: number, bold = false): number {
  let hundredths = 0;
  for (const character of text) hundredths += widthOf(character);
  return (hundredths / 100) * size * (bold ? 1.06 : 1);
}

/** Hundredths of the size. */
function widthOf(character: string): number {
  const code = character.codePointAt(0)!;
  return WIDTHS[code - 32] ?? (code > 0xffff || WIDE.test(character) ? 100 : OTHER);
}

/** Characters that no XML may hold, not even escaped, halves of pairs, and those that turn the direction of text. */
const NOT_IN_XML = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** A user's text on one line, fit for a picture. */
export function cleanText(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(NOT_IN_XML, '');
}

/** At most so many pixels wide, with … where something is missing. Looks no further than what fits: names can be of any length. */
export function ellipsized(text: string, size: number, pixels: number): string {
  const room = (pixels / size) * 100;
  let used = 0;
  let kept = 0;
  let end = 0;
  for (const character of text) {
    used += widthOf(character);
    end += character.length;
    // One character stays in any case.
    if (used + OTHER <= room || kept === 0) kept = end;
    if (used > room) return `${text.slice(0, kept)}…`;
  }
  return text;
}

/** The same with … in the middle: names of runs and settings often differ at their end. */
export function abbreviated(text: string, size: number, pixels: number): string {
  if (ellipsized(text, size, pixels) === text) return text;
  let end = '';
  for (const character of [...text.slice(-100)].reverse()) {
    if (textWidth(character + end, size) > pixels * 0.4) break;
    end = character + end;
  }
  return ellipsized(text.slice(0, text.length - end.length), size, pixels - textWidth(end, size)) + end;
}

/** A text on as many lines as it takes, at most `lines`. */
export function wrapped(text: string, size: number, pixels: number, lines: number, bold = false): string[] {
  const found: string[] = [];
  let line = '';
  for (const part of text.split(' ')) {
    const longer = line === '' ? part : `${line} ${part}`;
    if (line !== '' && textWidth(longer, size, bold) > pixels) {
      found.push(line);
      line = part;
    } else line = longer;
  }
  found.push(line);
  const kept = found.slice(0, lines);
  if (found.length > lines) kept[lines - 1] = found.slice(lines - 1).join(' ');
  return kept.map((one) => ellipsized(one, bold ? size * 1.06 : size, pixels));
}
