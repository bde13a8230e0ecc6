/**
 * Expressions of users. They are matched by an engine that cannot backtrack (RE2's, in JavaScript), so every pattern takes
 * time in proportion to the line, so that none has to be refused for being slow but those too large. What such an
 * engine cannot do, back references and lookaround, is refused with a sentence.
 */
import { join } from 'node:path';
import type { RE2JS } from 're2js';
import { bundleFolder } from '../../bundles/bundle-folder';

/** A line is cut here before an expression meets it. */
const EXPRESSION_LINE_LIMIT = 10_000;

/** Instructions of a compiled expression. Each costs some nanoseconds for each character: at 400 a full line takes 50 ms at most. */
const PROGRAM_LIMIT = 400;
const EXPRESSION_LIMIT = 1_000;
const TOO_LARGE = 'it is too large: use fewer or smaller repetitions';

export interface Expression {
  /** The groups of the first match, 0 is the whole; null without one. */
  match(line: string): { groups: (string | null)[]; named: Record<string, string | null> } | null;
  readonly names: readonly string[];
}

/** Why an expression can't be used. The message is a sentence without the name of the pattern. */
export class ExpressionProblem extends Error {}

let engine: typeof RE2JS | undefined;

function loadEngine(): typeof RE2JS {
  if (!engine) {
    engine = (module.require(join(bundleFolder(), 'expressions.js')) as { RE2JS: typeof RE2JS }).RE2JS;
  }
  return engine;
}

/** `/…/i` is an expression with flags (`i`, `s`); without slashes it has none. */
function withFlags(text: string): { source: string; flags: string } {
  const match = /^\/(.+)\/([a-z]*)$/s.exec(text);
  return match ? { source: match[1] ?? '', flags: match[2] ?? '' } : { source: text, flags: '' };
}

export function compileExpression(text: string): Expression {
  if (text.trim() === '') throw new ExpressionProblem('it is empty');
  if (text.length > EXPRESSION_LIMIT)
    throw new ExpressionProblem(`it is longer than ${EXPRESSION_LIMIT} characters`);
  const { source, flags } = withFlags(text);
  const compiled = compile(source, flags);
  if (compiled.programSize() > PROGRAM_LIMIT) throw new ExpressionProblem(TOO_LARGE);
  const named = compiled.namedGroups();
  return {
    names: Object.keys(named),
    match(line) {
      const cut = line.length > EXPRESSION_LINE_LIMIT ? line.slice(0, EXPRESSION_LINE_LIMIT) : line;
      // To ask first whether there is a match costs a tenth of finding where it is.
      if (!compiled.test(cut)) return null;
      const matcher = compiled.matcher(cut);
      if (!matcher.find()) return null;
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index));
      const byName = Object.entries(named).map(([name, index]) => [name, groups[index] ?? null] as const);
      return { groups, named: Object.fromEntries(byName) };
    },
  };
}

function compile(source: string, flags: string): RE2JS {
  const library = loadEngine();
  if (/[^is]/.test(flags)) throw new ExpressionProblem(`its flags can be i and s, not ${flags}`);
  if (/\(\?<?[=!]/.test(source))
    throw new ExpressionProblem(
      'lookahead and lookbehind are not possible: name the text around the number instead',
    );
  if (/(?:^|[^\\])(?:\\\\)*\\(?:[1-9]|k<)/.test(source))
    throw new ExpressionProblem('back references are not possible');
  try {
    const wanted =
      (flags.includes('i') ? library.CASE_INSENSITIVE : 0) | (flags.includes('s') ? library.DOTALL : 0);
    return library.compile(library.translateRegExp(source), wanted);
  } catch (error) {
    if (error instanceof Error && error.message.includes('repeat count'))
      throw new ExpressionProblem(TOO_LARGE);
    const words =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    throw new ExpressionProblem(`it is no regular expression (${words})`);
  }
}
