import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const readme = join(__dirname, '..', '..', 'README.md');
const BEGIN = '<!-- npm run bench -- --table: from here on -->';
const END = '<!-- npm run bench -- --table: up to here -->';

/** Puts the figures of one run in the place of those that README.md has, formatted as the rest of it. */
export async function writeReadmeTable(figures: string): Promise<void> {
  const text = readFileSync(readme, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`README.md has not “${BEGIN}” and “${END}”`);
  const { format, resolveConfig } = await import('prettier');
  const whole = `${before}${BEGIN}\n\n${figures}\n\n${END}${after}`;
  writeFileSync(readme, await format(whole, { ...(await resolveConfig(readme)), filepath: readme }));
}
