/** Text to bytes of an encoding that Node.js can only read: by trying all there are. */
export function encode(text: string, label: string): Buffer {
  if (label === 'utf-8') return Buffer.from(text);
  if (label === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (label === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const table = tableOf(label);
  return Buffer.concat(Array.from(text, (character) => table.get(character)!));
}

const tables = new Map<string, Map<string, Buffer>>();

function tableOf(label: string): Map<string, Buffer> {
  let table = tables.get(label);
  if (table) return table;
  table = new Map();
  tables.set(label, table);
  const decoder = new TextDecoder(label);
  const add = (bytes: Buffer) => {
    const text = decoder.decode(bytes, { stream: true }) + decoder.decode();
    if (Array.from(text).length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, bytes);
  };
  for (let one = 0; one < 256; one += 1) add(Buffer.from([one]));
  for (let one = 0x80; one < 256; one += 1) {
    for (let two = 0x40; two < 256; two += 1) add(Buffer.from([one, two]));
  }
  return table;
}
