// Copies the English error sentences and status texts from the code into the en-US catalog, and says which keys the
// other languages lack or no longer need. Run it after adding a key: node scripts/sync-error-catalog.mjs
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const load = createRequire(import.meta.url);
load('tsx/cjs');
const { errorTexts } = load('../src/api/errors/error-texts.ts');
const { statusTexts } = load('../src/runtime/status/status-texts.ts');
const english = { errors: errorTexts, status: statusTexts };

const locales = join(root, 'nodes', 'locales');
for (const language of readdirSync(locales)) {
  const path = join(locales, language, 'rescale-platform.json');
  const catalog = JSON.parse(readFileSync(path, 'utf8'));
  for (const [group, texts] of Object.entries(english)) {
    if (language === 'en-US') {
      catalog[group] = texts;
      continue;
    }
    const there = Object.keys(catalog[group] ?? {});
    const missing = Object.keys(texts).filter((key) => !there.includes(key));
    const stale = there.filter((key) => !(key in texts));
    if (missing.length > 0) console.log(`${language}: ${group} lacks ${missing.join(', ')}`);
    if (stale.length > 0) console.log(`${language}: ${group} no longer needs ${stale.join(', ')}`);
  }
  if (language === 'en-US') writeFileSync(path, `${JSON.stringify(catalog, null, 2)}\n`);
}
