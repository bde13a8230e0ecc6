import { isoMicroseconds } from '../content/dates';
import { outputsListedAt, stateAt, timesOf } from '../model/run';
import { outputTotals, type RunContext } from '../model/run-files';
import type { VariableScript } from '../scripts/job-script';

/** A run as the platform tells about it (docs/platform.md, "Runs"). */
export function runRow(context: RunContext, now: number) {
  const { run, job, dateOf } = context;
  const { plan } = run;
  const times = timesOf(run, job);
  const state = stateAt(times, now);
  const begun = times.start !== null && times.start <= now;
  const outputs = outputTotals(context, now);
  const good = !times.stopped && (times.exitCode ?? 0) === 0;
  const listedAt = outputsListedAt(run, times);
  const results = good && listedAt !== null && listedAt <= now ? (plan.results ?? []) : [];
  return {
    dateCompleted: state === 'completed' ? isoMicroseconds(dateOf(times.end!)) : null,
    dateStarted: begun ? isoMicroseconds(dateOf(times.start!)) : null,
    displayOrder: run.number,
    id: String(run.number),
    isOptimal: plan.isOptimal ?? false,
    outputFileCount: outputs.count,
    outputFileSize: outputs.size,
    parent: plan.parent ?? null,
    type: plan.type ?? 3,
    variables: [...(plan.variables ?? []), ...results].map(variableRow),
  };
}

function variableRow({ name, value, displayValue }: VariableScript) {
  return { displayValue: displayValue ?? String(value), isRelative: false, name, value };
}
