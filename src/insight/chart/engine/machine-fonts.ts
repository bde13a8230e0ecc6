import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * What the fonts of this package have: Latin, Greek, Cyrillic, Vietnamese, Devanagari, punctuation, currencies, arrows and the
 * signs of formulas. Not: figures above and below the line (but ¹ ² ³), per mille, most of what else looks like letters.
 */
const OWN_LETTERS = [
  [0x00, 0x52f],
  [0x900, 0x97f],
  [0x1d00, 0x1fff],
  [0x2000, 0x2027],
  [0x202f, 0x202f],
  [0x2032, 0x2038],
  [0x20a0, 0x20bf],
  [0x210a, 0x2113],
  [0x2115, 0x2116],
  [0x2122, 0x2122],
  [0x2126, 0x2126],
  [0x212b, 0x212b],
  [0x2190, 0x22ff],
] as const;

const isForeign = (character: string): boolean => {
  const code = character.codePointAt(0)!;
  return !OWN_LETTERS.some(([first, last]) => code >= first && code <= last);
};

/** Names of font files by the letters that a text has; the first that is found is taken. */
const WANTED: { letters: RegExp; names: RegExp[] }[] = [
  {
    letters: /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]/,
    names: [
      /^NotoSans(?:CJK|KR)[^/]*(?:Regular|VF|\[wght\])/i,
      /^SourceHanSans/i,
      /^(?:malgun|AppleSDGothicNeo|NanumGothic\.|NanumBarunGothic\.|UnDotum\.|Baekmuk)/i,
    ],
  },
  {
    letters: /[\u3040-\u30ff\u31f0-\u31ff\uff60-\uff9f]/,
    names: [
      /^NotoSans(?:CJK|JP)[^/]*(?:Regular|VF|\[wght\])/i,
      /^SourceHanSans/i,
      /^(?:YuGothR|YuGothM|meiryo|msgothic|Hiragino|ヒラギノ角ゴシック W3|ipag|ipaexg|TakaoGothic|TakaoPGothic|VL-?Gothic|mplus)/i,
    ],
  },
  {
    letters: /[\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]/,
    names: [
      /^NotoSans(?:CJK|JP|SC|TC|KR)[^/]*(?:Regular|VF|\[wght\])/i,
      /^SourceHanSans/i,
      /^(?:YuGothR|meiryo|msgothic|Hiragino|ipag|ipaexg|TakaoGothic|msyh|PingFang|simsun|wqy|DroidSansFallback|malgun|NanumGothic\.)/i,
    ],
  },
  { letters: /./u, names: [/^(?:Arial ?Unicode|unifont|DejaVuSans\.|FreeSans\.|seguisym|Symbola)/i] },
];

/** Folders below folders of fonts, as deep as systems have them. */
const DEEPEST = 4;

function fontFolders(): string[] {
  const home = homedir();
  if (process.platform === 'win32') {
    return [
      join(process.env.WINDIR ?? 'C:\\Windows', 'Fonts'),
      join(process.env.LOCALAPPDATA ?? home, 'Microsoft', 'Windows', 'Fonts'),
    ];
  }
  if (process.platform === 'darwin') {
    return ['/System/Library/Fonts', '/Library/Fonts', join(home, 'Library', 'Fonts')];
  }
  return [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    join(home, '.local', 'share', 'fonts'),
    join(home, '.fonts'),
  ];
}

const found = new Map<string, Promise<string[]>>();

/** Files of fonts of this machine for the letters of a text that the package's own fonts do not have; none is no fault. */
export async function machineFonts(text: string, folders = fontFolders()): Promise<string[]> {
  const foreign = [...new Set(text)].filter(isForeign).join('');
  if (foreign === '') return [];
  const key = folders.join('\n');
  const files = await (found.get(key) ?? remember(key, folders));
  const chosen = new Set<string>();
  for (const { letters, names } of WANTED) {
    if (!letters.test(foreign)) continue;
    for (const name of names) {
      const file = files.find((one) => name.test(one.slice(one.search(/[^/\\]*$/))));
      if (file === undefined) continue;
      chosen.add(file);
      break;
    }
  }
  return [...chosen];
}

function remember(key: string, folders: readonly string[]): Promise<string[]> {
  const files = Promise.all(folders.map((folder) => fontFiles(folder, DEEPEST))).then((all) => all.flat());
  found.set(key, files);
  return files;
}

async function fontFiles(folder: string, deepest: number): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = await Promise.all(
      entries
        .sort((one, other) => one.name.localeCompare(other.name, 'en'))
        .map(async (entry) => {
          const path = join(folder, entry.name);
          if (entry.isDirectory()) return deepest > 0 ? await fontFiles(path, deepest - 1) : [];
          return /\.(?:ttf|otf|ttc|otc)$/i.test(entry.name) ? [path] : [];
        }),
    );
    return files.flat();
  } catch {
    // A machine without this folder.
    return [];
  }
}
