import { fraction } from '../content/random';
import type { JobAnalysis } from '../definition/job-definition';
import type { VariableScript } from '../scripts/job-script';

/**
 * Which variables a post-processing script gives. What it prints as `name<TAB>value` becomes a result of the run
 * (docs/platform.md, "Sweeps"): the names are in the script itself, or among the arguments that its command hands it.
 * @param script its text; empty when there is none
 */
export function resultNames(
  { postProcessScript, postProcessScriptCommand }: JobAnalysis,
  script: string,
): string[] {
  if (!postProcessScript) return [];
  const printed = [...script.matchAll(/([A-Za-z_]\w*)\\t/g)].map(([, name]) => name!);
  const [, ...words] = postProcessScriptCommand.split(/\s+/);
  const fromArguments = words.filter((word) => /^[A-Za-z_]\w*$/.test(word));
  return [...new Set([...printed.filter((name) => !/^[sdfg]$/.test(name)), ...fromArguments])];
}

/**
 * A smooth answer of a made-up problem to the run's variables, with one best point a variable, so that a finer
 * sweep around the best run finds a better one.
 */
export function syntheticResult(seed: number, name: string, inputs: VariableScript[]): number {
  const base = 0.5 + fraction(seed, 'base', name);
  const sum = inputs.reduce((total, { name: input, value }) => {
    if (typeof value !== 'number') return total;
    const best = fraction(seed, 'best', name, input);
    const scale = 10 ** Math.ceil(Math.log10(Math.max(Math.abs(value), 1e-9)));
    return total + 0.3 * (value / scale - best) ** 2;
  }, 0);
  return Number((base + sum).toPrecision(6));
}
