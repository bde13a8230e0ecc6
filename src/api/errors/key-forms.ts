/** One way to write a key: its letters and digits alone, in lower case, and how many of them in a row give away some four characters. */
export interface KeyForm {
  letters: string;
  telling: number;
}

/** What base64 may have before the key: nothing, or the rest of what is written before it, which moves it by a byte or two. */
const BEFORE = [0, 1, 2];

/** Of each byte in a list (`[107, 101]`, `0x6b, 0x65`, `6b 65`): what stands between them does not count. */
const BYTES: readonly { write: (byte: number) => string; telling: number }[] = [
  { write: (byte) => byte.toString(16).padStart(2, '0'), telling: 8 },
  { write: (byte) => `0x${byte.toString(16).padStart(2, '0')}`, telling: 16 },
  { write: (byte) => String(byte), telling: 10 },
  { write: (byte) => String(byte).padStart(3, '0'), telling: 12 },
  { write: (byte) => byte.toString(8), telling: 10 },
  { write: (byte) => byte.toString(8).padStart(3, '0'), telling: 12 },
  { write: (byte) => `0${byte.toString(8)}`, telling: 14 },
  { write: (byte) => `0o${byte.toString(8)}`, telling: 16 },
];

/** Of two bytes for a letter one is zero, which is quickly written. */
const WIDE = BYTES.slice(0, 3).map(({ write, telling }) => ({ write, telling: 2 * telling - 4 }));

/**
 * Every way in which others write a key as something else than its letters: as numbers of its bytes, in base64 and in base64 twice, each in
 * UTF-8 and in UTF-16. Escapes of single letters are read by the redactor itself.
 */
export function keyForms(key: string): KeyForm[] {
  const plain = Buffer.from(key);
  const wide = Buffer.from(key, 'utf16le');
  const turned = Buffer.from(wide).swap16();
  const once = BEFORE.map((before) => inBase64(plain, before));
  const forms = [
    ...BYTES.map(({ write, telling }) => ({ text: listed(plain, write), telling })),
    ...once.map((text) => ({ text, telling: 8 })),
    ...once.flatMap((text) =>
      BEFORE.map((before) => ({ text: inBase64(Buffer.from(text), before), telling: 11 })),
    ),
    ...[wide, turned].flatMap((bytes) => [
      ...WIDE.map(({ write, telling }) => ({ text: listed(bytes, write), telling })),
      ...BEFORE.map((before) => ({ text: inBase64(bytes, before), telling: 12 })),
    ]),
  ];
  return forms.map(({ text, telling }) => ({ letters: text.replace(/[+/=]/g, '').toLowerCase(), telling }));
}

function listed(bytes: Buffer, write: (byte: number) => string): string {
  return Array.from(bytes, write).join('');
}

/** The characters that the bytes alone decide: of those at their ends some bits belong to their neighbours. */
function inBase64(bytes: Buffer, before: number): string {
  const moved = Buffer.concat([Buffer.alloc(before), bytes]);
  const first = Math.ceil((before * 8) / 6);
  return moved.toString('base64').slice(first, Math.floor((moved.length * 8) / 6));
}
