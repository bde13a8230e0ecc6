// The demo's flows in the reader's language: one table of texts, `demo/texts.json`, in which each row is a text in English
// and the others. What the table does not have stays English.

/** `LANGUAGE=de`, else what the system is set to; `en` for a language that the table does not have. */
export function demoLanguage(environment, table) {
  const { LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = environment;
  const wanted = LANGUAGE || LC_ALL || LC_MESSAGES || LANG || '';
  const known = Object.keys(table[0] ?? {});
  const language = wanted
    .split(':')
    .map((one) => one.slice(0, 2).toLowerCase())
    .find((one) => known.includes(one));
  return language ?? 'en';
}

/** What LANGUAGE asks for when the table has nothing of it; null when it has, and for what the system is set to. */
export function unknownLanguage({ LANGUAGE = '' }, table) {
  const known = Object.keys(table[0] ?? {});
  const asked = LANGUAGE.split(':').filter(Boolean);
  const has = asked.some((one) => known.includes(one.slice(0, 2).toLowerCase()));
  return asked.length === 0 || has ? null : LANGUAGE;
}

/** What a person reads of a node, by property. */
const READ = ['label', 'name', 'info', 'title'];

/** Pixels that a node with this text takes in the editor, roughly; Chinese characters, kana and hangul are wide. */
function nodeWidth(text) {
  const pixels = [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 13 : 6.8), 0);
  return Math.max(100, Math.ceil((pixels + 56) / 20) * 20);
}

/** What a node is called in the editor. */
export function shownName({ name, type, method, url }) {
  if (name) return name;
  if (type === 'http in') return `[${method}] ${url}`;
  return type === 'http response' ? 'http' : type;
}

/** Pixels; a link node is a small square. */
export const shownWidth = (node) => (node.type.startsWith('link ') ? 30 : nodeWidth(shownName(node)));

export function translateFlows(flows, table, language) {
  const texts = new Map(table.map((row) => [row.en, row[language] ?? row.en]));
  const inLanguage = (text) => texts.get(text) ?? text;
  return flows.map((node) => {
    const translated = { ...node };
    for (const property of READ) {
      if (typeof node[property] === 'string') translated[property] = inLanguage(node[property]);
    }
    // The sentences that a debug node makes are the texts in its expression.
    if (node.type === 'debug' && node.targetType === 'jsonata') {
      translated.complete = node.complete.replace(
        /"((?:[^"\\]|\\.)*)"/g,
        (_whole, text) => `"${inLanguage(text)}"`,
      );
    }
    // A page is HTML with the texts between its tags.
    if (node.type === 'template') {
      translated.template = node.template.replace(/>([^<>]+)</g, (_whole, text) => `>${inLanguage(text)}<`);
    }
    // A node begins where it began: `x` is its middle.
    if (node.x !== undefined) translated.x = node.x + (shownWidth(translated) - shownWidth(node)) / 2;
    return translated;
  });
}
