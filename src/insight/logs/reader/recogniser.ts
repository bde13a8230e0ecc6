/**
 * Which solver writes a log. Signs are added up per solver; the first that has enough is it, unless another has as
 * many. What is not clear stays unknown: a wrong name would judge numbers by rules that are not theirs.
 */
import type { SolverName } from '../log-step';
import type { SolverProfile } from '../profile';
import { WORDS_LIMIT } from '../remark-screen';

/** Points that are enough. A sign that only one solver prints has as many. */
const ENOUGH = 3;

/** The environment of a job names all programs that are installed, not the one that runs. */
const ENVIRONMENT = /^\s*(?:export |declare -x )?(?!VARIABLES)[A-Z_][A-Z0-9_]*=/;

export type Points = Partial<Record<SolverName, number>>;

interface Recogniser {
  /** Looks at one more line; the name, once it is known. */
  look(points: Points, line: string): SolverName | null;
}

export function createRecogniser(profiles: readonly SolverProfile[]): Recogniser {
  const signs = profiles.flatMap(({ solver, signs: own }) =>
    own.map((sign, index) => ({ ...sign, solver, index })),
  );
  const words = [...new Set(signs.map(({ word }) => word))];
  const shortest = words.filter((word) => !words.some((other) => other !== word && word.includes(other)));
  const screen = new RegExp(shortest.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'));

  return {
    look(points, whole) {
      const line = whole.length > WORDS_LIMIT ? whole.slice(0, WORDS_LIMIT) : whole;
      if (!screen.test(line) || ENVIRONMENT.test(line)) return null;
      for (const { solver, word, pattern, points: worth } of signs) {
        if (line.includes(word) && (!pattern || pattern.test(line)))
          points[solver] = (points[solver] ?? 0) + worth;
      }
      return clearWinner(points);
    },
  };
}

function clearWinner(points: Points): SolverName | null {
  const ranked = Object.entries(points).sort(([, one], [, other]) => other - one);
  const [first, second] = ranked;
  if (!first || first[1] < ENOUGH) return null;
  if (second && second[1] === first[1]) return null;
  return first[0] as SolverName;
}
