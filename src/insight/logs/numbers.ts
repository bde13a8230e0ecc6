/**
 * Numbers as solvers print them. Beside what JavaScript reads there are Fortran's exponents (`1.0D-5`, and `1.2-105`
 * when the exponent has three digits) and the words that each C library has for what is not a number.
 */

const NOT_A_NUMBER = /^[+-]?(?:nan(?:\([^)]*\))?|1\.#(?:ind|qnan|snan|j)\d*(?:e[+-]?\d+)?)$/i;
const INFINITE = /^([+-]?)(?:inf(?:inity)?|1\.#inf\d*(?:e[+-]?\d+)?)$/i;
const FORTRAN = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[dDqQ]([+-]?\d+)|([+-]\d{2,4}))$/;

/** undefined: no number at all; NaN: the text says that it is none (`nan`, `-nan`, `1.#IND`). */
export function readNumber(text: string): number | undefined {
  const first = text.charCodeAt(0);
  // Digits, signs and the point; the only words are those for nan and infinity.
  const numeric = (first >= 48 && first <= 57) || first === 45 || first === 46 || first === 43;
  if (numeric) {
    const value = +text;
    if (value === value && text.charCodeAt(1) !== 120) return value;
    const fortran = FORTRAN.exec(text);
    if (fortran) return Number(`${fortran[1]}e${fortran[2] ?? fortran[3]}`);
  } else if (first !== 110 && first !== 78 && first !== 105 && first !== 73) {
    return undefined;
  }
  if (NOT_A_NUMBER.test(text)) return NaN;
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  return undefined;
}

/** Numbers as JSON that keeps the infinite ones; null stands for NaN. */
export type StoredNumber = number | 'Infinity' | '-Infinity' | null;

export function storeNumber(value: number): StoredNumber {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return null;
  return value > 0 ? 'Infinity' : '-Infinity';
}

export function restoreNumber(value: StoredNumber): number {
  return value === null ? NaN : Number(value);
}
