/** `smoothSolver:  Solving for Ux, Initial residual = 1, Final residual = 0.09, No Iterations 9`. */
import { readNumber } from '../../numbers';

export interface FoamSolve {
  /** Named in front of the line (`fluid  GAMG:  Solving for …`, as programs of several regions print since version 11). */
  region: string | null;
  residuals: { field: string; initial: number; final: number | null }[];
  sweeps: number;
  /** The line has all its parts; a line that was cut may have the first ones only. */
  whole: boolean;
}

const INITIAL = 'Initial residual = ';
const FINAL = 'Final residual = ';
const SWEEPS = 'No Iterations ';
const FIELD = /^[A-Za-z_][\w.:()+~<>#-]{0,99}$/;
const REGION_BEFORE = /^([A-Za-z_][\w.-]*)\s+[\w<>]+:$/;

const knownFields = new Map<string, boolean>();

function isField(name: string): boolean {
  let known = knownFields.get(name);
  if (known === undefined) {
    known = FIELD.test(name);
    if (knownFields.size < 2000 && name.length < 13) knownFields.set(name, known);
  }
  return known;
}

/** `at` is where the last "Solving for " of the line begins: ranks that write at once may leave part of a line before it. */
export function readSolve(text: string, at: number): FoamSolve | null {
  const comma = text.indexOf(',', at + 12);
  if (comma < 0) return null;
  const field = text.slice(at + 12, comma);
  const initialAt = text.indexOf(INITIAL, comma);
  if (initialAt < 0 || !isField(field)) return null;
  const initial = valueAfter(text, initialAt + INITIAL.length);
  if (!initial) return null;
  const region = at > 0 ? regionBefore(text, at) : null;
  const finalAt = text.indexOf(FINAL, initial.end);
  const final = finalAt < 0 ? null : valueAfter(text, finalAt + FINAL.length);
  const sweepsAt = final ? text.indexOf(SWEEPS, final.end) : -1;
  const sweeps = sweepsAt < 0 ? NaN : sweepsIn(text.slice(sweepsAt + SWEEPS.length));
  const whole = Number.isFinite(sweeps);
  return {
    region,
    residuals: residualsOf(field, initial.values, whole && final ? final.values : null),
    sweeps: whole ? sweeps : 0,
    whole,
  };
}

function regionBefore(text: string, at: number): string | null {
  const head = text.slice(0, at).trim();
  return head.includes(' ') ? (REGION_BEFORE.exec(head)?.[1] ?? null) : null;
}

/** A number that a comma ends, or several in brackets (solves that couple components). */
function valueAfter(text: string, from: number): { values: number[]; end: number } | null {
  if (text.charCodeAt(from) === 40) {
    const end = text.indexOf(')', from);
    if (end < 0) return null;
    const values = text
      .slice(from + 1, end)
      .trim()
      .split(/\s+/)
      .map((part) => readNumber(part));
    return values.length > 0 && values.every((value) => value !== undefined) ? { values, end } : null;
  }
  const end = text.indexOf(',', from);
  if (end < 0) return null;
  const value = readNumber(text.slice(from, end));
  return value === undefined ? null : { values: [value], end };
}

function sweepsIn(text: string): number {
  const first = text.charCodeAt(0);
  if (first === 40)
    return Math.max(
      ...text
        .slice(1)
        .split(/[\s)]+/, 12)
        .filter(Boolean)
        .map(Number),
    );
  if (first < 48 || first > 57) return NaN;
  return parseInt(text, 10);
}

function residualsOf(field: string, initial: number[], final: number[] | null): FoamSolve['residuals'] {
  if (initial.length === 1)
    return [{ field, initial: initial[0] ?? NaN, final: final ? (final[0] ?? NaN) : null }];
  const suffix = (index: number): string =>
    initial.length === 3 ? (['x', 'y', 'z'][index] ?? '') : `[${index}]`;
  return initial.map((value, index) => ({
    field: field + suffix(index),
    initial: value,
    final: final ? (final[index] ?? NaN) : null,
  }));
}
