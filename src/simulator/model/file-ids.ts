import { hash } from '../content/random';

/** Where a file lives: which job (by order of creation), which run of it (by number), which of the run's files. */
interface FileLocation {
  job: number;
  run: number;
  fileIndex: number;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHORT = { length: 6, runs: 2 ** 14, files: 2 ** 12 };
const LONG = { length: 9, runs: 2 ** 20, files: 2 ** 14 };
type Form = typeof SHORT;

const sizeOf = (form: Form) => 52n ** BigInt(form.length);
/** Odd and no multiple of 13, so that multiplying modulo a power of 52 can be undone. */
const MULTIPLIER = 7_368_787n;
const inverses = new Map([SHORT, LONG].map((form) => [form, inverse(MULTIPLIER, sizeOf(form))] as const));

/**
 * Ids are short case-sensitive letters, like the platform's. They are computed from the location and back, so
 * that ten thousand runs need no index and an id is known before its file was ever listed.
 */
export function fileIds(seed: number) {
  const shift = BigInt(hash('file ids', seed));
  return {
    idOf: (location: FileLocation): string => {
      const fits = location.run < SHORT.runs && location.fileIndex < SHORT.files && location.job < 256;
      const form = fits ? SHORT : LONG;
      const index = (location.job * form.runs + location.run) * form.files + location.fileIndex;
      return letters((BigInt(index) * MULTIPLIER + shift) % sizeOf(form), form.length);
    },
    locationOf: (id: string): FileLocation | null => {
      const form = [SHORT, LONG].find(({ length }) => length === id.length);
      if (!form || !/^[A-Za-z]+$/.test(id)) return null;
      const size = sizeOf(form);
      const spread = (((lettersValue(id) - shift) % size) + size) % size;
      const index = Number((spread * inverses.get(form)!) % size);
      const fileIndex = index % form.files;
      const rest = Math.floor(index / form.files);
      return { job: Math.floor(rest / form.runs), run: rest % form.runs, fileIndex };
    },
  };
}

export type FileIds = ReturnType<typeof fileIds>;

function letters(value: bigint, length: number): string {
  let left = value;
  let text = '';
  for (let place = 0; place < length; place += 1) {
    text = LETTERS[Number(left % 52n)]! + text;
    left /= 52n;
  }
  return text;
}

function lettersValue(text: string): bigint {
  let value = 0n;
  for (const letter of text) value = value * 52n + BigInt(LETTERS.indexOf(letter));
  return value;
}

/** The inverse of `value` modulo `size`, by the extended Euclidean algorithm. */
function inverse(value: bigint, size: bigint): bigint {
  let [previous, rest] = [value % size, size];
  let [factor, next] = [1n, 0n];
  while (rest > 0n) {
    const times = previous / rest;
    [previous, rest] = [rest, previous - times * rest];
    [factor, next] = [next, factor - times * next];
  }
  return ((factor % size) + size) % size;
}
