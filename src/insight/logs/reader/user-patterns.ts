/** The user's own patterns, which are added to any solver, or read a log that is no known solver's. */
import { readNumber } from '../numbers';
import type { StepBuilder } from '../step-builder';
import { compileExpression, ExpressionProblem, type Expression } from './expression';

/**
 * `value`: a number of the step; `step`: the line begins a step, its number is the time; `good` and `bad`: words that
 * tell how the run ended. The number is the first group, or each named group a series of its own.
 */
export interface UserPattern {
  readonly name: string;
  readonly expression: string;
  readonly role: 'value' | 'step' | 'good' | 'bad';
}

/** Why the patterns can't be used, with the next step. */
class PatternProblem extends Error {}

interface CompiledPattern extends UserPattern {
  readonly compiled: Expression;
}

const ROLES = ['value', 'step', 'good', 'bad'];
const PATTERN_LIMIT = 50;

/** Compiles all, or says in one sentence what is wrong with the first that can't be used. */
export function compilePatterns(patterns: readonly UserPattern[]): CompiledPattern[] {
  if (patterns.length > PATTERN_LIMIT)
    throw new PatternProblem(`There are ${patterns.length} patterns; at most ${PATTERN_LIMIT} are possible.`);
  return patterns.map((pattern, index) => {
    const { name, expression, role } = pattern;
    if (typeof name !== 'string' || name.trim() === '')
      throw new PatternProblem(`Pattern ${index + 1} has no name; give it one.`);
    if (typeof expression !== 'string' || !ROLES.includes(role))
      throw new PatternProblem(
        `The pattern “${name}” needs an expression (a text) and a role: ${ROLES.join(', ')}.`,
      );
    try {
      return { name, expression, role, compiled: compileExpression(expression) };
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      throw new PatternProblem(`The pattern “${name}” can’t be used: ${error.message}.`);
    }
  });
}

/** Whether the patterns make the steps (`alone`), or are added to a solver's. */
export function applyPatterns(
  patterns: readonly CompiledPattern[],
  log: StepBuilder,
  text: string,
  alone: boolean,
): void {
  for (const pattern of patterns) {
    const match = pattern.compiled.match(text);
    if (!match) continue;
    if (pattern.role === 'good' || pattern.role === 'bad') tellWord(pattern, log, text);
    else
      takeNumbers(pattern, match, log, alone && !stepsAreNamed(patterns) && pattern.role === 'value', alone);
  }
}

function stepsAreNamed(patterns: readonly CompiledPattern[]): boolean {
  return patterns.some(({ role, compiled }) => role === 'step' || compiled.names.includes('step'));
}

function tellWord({ name, role }: CompiledPattern, log: StepBuilder, text: string): void {
  const kind = role === 'good' ? 'converged' : 'crashed';
  log.remark(kind, `pattern-${name}`, `a line matches the pattern “${name}”`, text);
}

function takeNumbers(
  { name, role, compiled }: CompiledPattern,
  match: NonNullable<ReturnType<Expression['match']>>,
  log: StepBuilder,
  beginsWhenRepeated: boolean,
  alone: boolean,
): void {
  const numberIn = (text: string | null | undefined): number | undefined =>
    text === null || text === undefined ? undefined : readNumber(text.trim());
  const values = Object.entries(match.named).filter(([group]) => group !== 'step' && group !== 'time');
  const time = numberIn(match.named.step ?? match.named.time ?? (role === 'step' ? match.groups[1] : null));
  if (alone && (role === 'step' || compiled.names.includes('step'))) log.begin(time ?? null);
  if (role !== 'value' && values.length === 0) return;
  const numbers: [string, number | undefined][] =
    values.length > 0
      ? values.map(([group, text]) => [group, numberIn(text)])
      : [[name, numberIn(match.groups[1] ?? firstNumber(match.groups[0]))]];
  for (const [series, value] of numbers) {
    if (value === undefined) continue;
    const index = log.define(series, 'monitor', true);
    if (beginsWhenRepeated && (!log.isOpen || log.has(index))) log.begin(time ?? null);
    log.setOrKeep(index, value);
  }
}

function firstNumber(text: string | null | undefined): string | undefined {
  return /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?|[-+]?nan\b|[-+]?inf\b/i.exec(text ?? '')?.[0];
}
