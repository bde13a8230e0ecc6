// What `npm start` says in the terminal, in the reader's language: `demo/terminal.json`, in which each row is a sentence in English
// and the others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './build.mjs';
import { demoLanguage } from './demo-language.mjs';

const sentences = JSON.parse(readFileSync(join(root, 'demo', 'terminal.json'), 'utf8'));

/** The sentence in the reader's language, with `values` in its `{{places}}`. */
export function told(sentence, values = {}) {
  const row = sentences.find(({ en }) => en === sentence);
  if (!row) throw new Error(`demo/terminal.json does not have “${sentence}”`);
  return row[demoLanguage(process.env, sentences)].replace(/{{(\w+)}}/g, (_whole, name) => values[name]);
}
