import 'should';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RescaleError } from '../../src/api/errors/errors';
import { errorTexts } from '../../src/api/errors/texts/error-texts';
import { EditorError, reasonFor } from '../../src/runtime/editor/editor-route';
import { statusTexts } from '../../src/runtime/status/status-texts';
import { BASICS, BASIC_SECTIONS } from '../../nodes/editor/basics';
import { catalog, flat, help, html, languages, reasonIn, root, sources, types } from './shipped';

const ENGLISH = 'en-US';
const placesOf = (text: string) => [...text.matchAll(/__\w+?__/g)].map((match) => match[0]).sort();

/** Places that hold no count: names, ids, sentences and sums. A limit is far above one. */
const NO_COUNTS = new Set(
  (
    'choices separator proxy node platform jobId runId path field value name names host status expected reason what why words part glob pattern hash ' +
    'variable fileId folder coreType analysis version project token column least most limit shown row amount price time user'
  ).split(' '),
);
/** Words that are the same for one: short forms of units, and what does not name what is counted. */
const NO_NOUNS = new Set(
  's h B kB MB of von in at out left zum waiting wartend fehlen gibt kosten davon'.split(' '),
);

/** The places of a text that count what the next word names. */
function countsIn(text: string): string[] {
  return [...text.matchAll(/__(\w+?)__ (\p{L}+)/gu)]
    .filter(([, place, word]) => !NO_COUNTS.has(place!) && !NO_NOUNS.has(word!))
    .map(([, place]) => place!);
}

/** Texts that are used: whole keys, and beginnings of keys whose end is known only at run time. */
function usedKeys(): Map<string, { keys: Set<string>; beginnings: Set<string> }> {
  const used = new Map(
    types.map((type) => [type, { keys: new Set<string>(), beginnings: new Set<string>() }]),
  );
  const use = (type: string, key: string) =>
    (/[.-]$/.test(key) ? used.get(type)!.beginnings : used.get(type)!.keys).add(key);
  for (const type of types) {
    const text = html(type);
    for (const [, owner, key] of text.matchAll(/@rescale-flows\/node-red-rescale\/([\w-]+):([\w.-]+)/g)) {
      use(owner!, key!);
    }
    for (const [, key] of text.matchAll(/["'`](rescale-[a-z-]+\.[\w.-]+)["'`]/g)) {
      if (!/\.(svg|write)$/.test(key!)) use(type, key!);
    }
    for (const [, key] of text.matchAll(/["'`](note\.[\w.-]+)["'`]/g)) use(type, `${type}.${key}`);
    use(type, 'palette.label.rescale');
    // How a node is called depends on what it holds.
    use(type, `${type}.label.`);
  }
  // The shared code asks with the key that follows the platform's name.
  for (const [, key] of html('rescale-platform').matchAll(
    /["'`]((?:validation|pick|ask|test|restart|common|state|region|usage)\.[\w.-]*)(?=["'`$])/g,
  )) {
    use('rescale-platform', `rescale-platform.${key}`);
  }
  used.get('rescale-platform')!.beginnings.delete('rescale-platform.label.');
  for (const file of readdirSync(join(root, 'src', 'runtime'), { encoding: 'utf8', recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(root, 'src', 'runtime', file), 'utf8');
    for (const [, key] of text.matchAll(/EditorError\([`']([^`'$]+)/g)) {
      use('rescale-platform', `rescale-platform.${key}`);
    }
  }
  for (const key of Object.keys(errorTexts)) use('rescale-platform', `errors.${key}`);
  for (const key of Object.keys(statusTexts)) use('rescale-platform', `status.${key}`);
  return used;
}

describe('Catalogs', () => {
  it('say in English what the code says', () => {
    const platform = catalog(ENGLISH, 'rescale-platform');
    (platform['errors'] as object).should.eql({ ...errorTexts });
    (platform['status'] as object).should.eql({ ...statusTexts });
  });

  it('begin no error with an address, for lists of errors show their first 30 letters', () => {
    for (const language of languages) {
      const errors = catalog(language, 'rescale-platform')['errors'] as Record<string, string>;
      const begun = Object.keys(errors).filter((key) => errors[key]!.startsWith('__platform__'));
      begun.should.eql([], language);
    }
  });

  for (const [type, { keys, beginnings }] of usedKeys()) {
    it(`of ${type} have every text that is asked for, and none that is not`, () => {
      const there = [...flat(catalog(ENGLISH, type)).keys()];
      const isBegun = (key: string) => [...beginnings].some((beginning) => key.startsWith(beginning));
      const missing = [
        ...[...keys].filter((key) => !there.includes(key)),
        ...[...beginnings].filter((beginning) => !there.some((key) => key.startsWith(beginning))),
      ].map((key) => `${key} is asked for, and no catalog has it`);
      const unused = there
        .filter((key) => !keys.has(key) && !isBegun(key))
        .map((key) => `${key} is a text that nothing asks for`);
      [...missing, ...unused].should.eql([]);
    });
  }

  /** Languages whose words change with a number. */
  for (const language of languages.filter((one) => one === ENGLISH || one === 'de')) {
    it(`say one of a thing as one of it (${language})`, () => {
      const wrong = types.flatMap((type) => {
        const texts = flat(catalog(language, type));
        return [...texts].flatMap(([key, text]) =>
          countsIn(text)
            .filter((place) => !/_one$|-many$/.test(key) && !(place === 'count' && texts.has(`${key}_one`)))
            .map((place) => `${type} ${key}: “${text}” has __${place}__ before a word`),
        );
      });
      wrong.should.eql([], 'say “Rows: __count__”, or give the text for one as <key>_one');
    });
  }

  for (const language of languages) {
    describe(language, () => {
      for (const type of types) {
        it(`has all texts of ${type}, with the same places in them`, () => {
          const english = flat(catalog(ENGLISH, type));
          const other = flat(catalog(language, type));
          [...other.keys()].sort().should.eql([...english.keys()].sort());
          for (const [key, text] of english) {
            placesOf(other.get(key)!).should.eql(placesOf(text), key);
            other.get(key)!.trim().should.not.be.empty();
          }
        });
      }
      for (const type of [...types, BASICS]) {
        it(`explains ${type} in the same sections`, () => {
          const sections = (of: string) => [...help(of, type).matchAll(/^#+/gm)].map((match) => match[0]);
          const properties = (of: string) => help(of, type).match(/^: /gm)?.length ?? 0;
          const codes = (of: string) => help(of, type).match(/RESCALE_\w+/g) ?? [];
          sections(language).should.eql(sections(ENGLISH));
          properties(language).should.equal(properties(ENGLISH));
          [...codes(language)].sort().should.eql([...codes(ENGLISH)].sort());
        });
      }
    });
  }
});

describe('Reasons from the server', () => {
  const noFiles = { key: 'expected-files' } as const;
  const values = { field: 'files', expected: noFiles, value: 7 };

  it('are in the browser’s language in all their parts', () => {
    const said = reasonFor(new RescaleError('RESCALE_INPUT', 'input-type', values));
    reasonIn('de', said).should.equal(
      'Ungültiger Wert für files: erwartet eine Datei, eine Datei-ID oder ein Array daraus, erhalten 7.',
    );
  });

  it('are those of the editor alone, too', () => {
    const said = reasonFor(new EditorError('pick.paused', { seconds: 12 }));
    reasonIn(ENGLISH, said).should.containEql('12');
  });
});

describe('Help', () => {
  for (const type of types) {
    const text = help(ENGLISH, type);

    it(`of ${type} begins with one sentence and has the sections of Node-RED's style`, () => {
      text.should.match(
        new RegExp(`^<script type="text/markdown" data-help-name="${type}">\\n[A-Z][^\\n]+\\.\\n\\n`),
      );
      const sections = [...text.matchAll(/^### (.+)$/gm)].map((match) => match[1]);
      const own = type === 'rescale-platform' ? [] : ['Inputs', 'Outputs'];
      const errors = type === 'rescale-platform' ? [] : ['Errors'];
      const wanted = ['Fields', ...own, 'Details', ...errors, 'References'];
      sections.should.eql(wanted.filter((name) => name !== 'Details' || sections.includes(name)));
    });

    it(`of ${type} is shaped for Node-RED's markdown in every language`, () => {
      for (const language of languages) {
        const prose = help(language, type).replace(/```[^]*?```/g, '');
        for (const line of prose.split('\n').slice(1)) {
          line.should.not.match(/^\s+\S/, 'markdown help must not be indented');
          // A definition reads ": name (type) : text", and a second colon would end the text there.
          if (line.startsWith(': ')) line.should.match(/^: [^:\n]+\([^:\n]+\) : [^:\n]+$/);
        }
      }
    });

    it(`of ${type} shows the stars of a pattern and makes no words bold`, () => {
      for (const language of languages) {
        const prose = help(language, type).replace(/```[^]*?```|`[^`]*`|\\[*_]/g, '');
        prose.should.not.match(/\*\*/, language);
      }
    });

    it(`of ${type} is short enough to be read`, () => {
      const words = text
        .replace(/<[^>]+>/g, '')
        .split(/\s+/)
        .filter((word) => /\p{L}/u.test(word));
      words.length.should.be.below(500);
    });
  }

  it('of every language leads to what stands once, where the links expect it', () => {
    for (const language of languages) {
      const { headings } = sources.shared[language]!.help;
      [...help(language, BASICS).matchAll(/^### (.+)$/gm)]
        .map((match) => match[1])
        .should.eql(BASIC_SECTIONS.map((name) => headings[name === 'fields' ? 'fields-of-all' : name]));
      const places = BASIC_SECTIONS.map((name) => `#rescale-${name}`);
      for (const type of types) {
        for (const [, link] of help(language, type).matchAll(/\]\((#[^)]*)\)/g))
          places.should.containEql(link);
      }
    }
  });

  it('names fields in every language as their dialogs do', () => {
    const labels = (language: string, type: string) => [
      ...Object.values(
        (sources.nodes.find((node) => node.type === type)!.catalogs[language]!['field'] ?? {}) as object,
      ),
      ...Object.values((sources.shared[language]!.editor['common'] as { field: object }).field),
    ];
    const named = (language: string, type: string) =>
      [...help(language, type).matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)].filter(([, text]) =>
        labels(language, type).includes(text!),
      ).length;
    for (const type of types) {
      for (const language of languages)
        named(language, type).should.equal(named(ENGLISH, type), `${type} in ${language}`);
    }
  });
});

describe('Words', () => {
  const texts = (language: string) => [
    ...types.flatMap((type) => [...flat(catalog(language, type)).values(), help(language, type)]),
    help(language, BASICS),
    ...demo.map((row) => row[language.slice(0, 2)]!),
  ];
  const demo = JSON.parse(readFileSync(join(root, 'demo', 'texts.json'), 'utf8')) as Record<string, string>[];
  const rows = readFileSync(join(root, 'docs', 'glossary.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()));

  for (const [language, column] of Object.entries({ de: 3, ja: 5, ko: 7 })) {
    it(`in ${language} are those of docs/glossary.md`, () => {
      const refused = rows
        .slice(1)
        .flatMap((row) => row[column]!.split(', '))
        .filter((word) => /\p{L}/u.test(word));
      refused.should.not.be.empty();
      const found = texts(language).flatMap((text) =>
        refused
          .filter((word) =>
            language === 'de'
              ? new RegExp(`(?<![\\p{L}_\`])${word}(?![\\p{L}_\`])`, 'u').test(text)
              : text.replace(/__\w+__/g, '').includes(word),
          )
          .map((word) => `${word}: ${text.slice(0, 80)}`),
      );
      found.should.eql([]);
    });
  }
});

describe('Comments of the examples', () => {
  /** What is set in italics and is no text of a dialog and no name of a node in the same flow. */
  const OTHERS = [
    '@flowfuse/node-red-dashboard',
    'node-red-node-email',
    'rescale-tables',
    'incoming webhook',
    'read file',
    'e-mail',
    'HTML',
    'Markdown',
  ];
  const texts = types.flatMap((type) => [...flat(catalog(ENGLISH, type)).values()]);

  it('call what a dialog shows by its words', () => {
    const wrong = readdirSync(join(root, 'examples')).flatMap((file) => {
      const flow = JSON.parse(readFileSync(join(root, 'examples', file), 'utf8')) as Record<string, string>[];
      const known = [...texts, ...flow.map(({ name }) => name)];
      const prose = flow.map(({ info }) => (info ?? '').replace(/`[^`]*`/g, '')).join('\n');
      return [...prose.matchAll(/\*([^*\n]+)\*/g)]
        .map(([, words]) => words!)
        .filter((words) => !known.includes(words) && !OTHERS.includes(words))
        .map((words) => `${file}: ${words}`);
    });
    wrong.should.eql([]);
  });
});
