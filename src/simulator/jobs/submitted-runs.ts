import { findAnalysis } from '../catalog/analyses';
import { fraction, hash } from '../content/random';
import type { JobAnalysis, JobDefinition } from '../definition/job-definition';
import { generatedRows, tableRows } from '../definition/parameter-table';
import type { Job } from '../model/job';
import type { RunPlan } from '../model/run';
import type { VariableScript } from '../scripts/job-script';
import { commandFacts } from './command';
import { resultNames } from './results';
import { runSources } from './run-sources';
import { solverCase, type SolverCase } from './solver-case';
import type { JobStorage } from './storage';

/** Virtual seconds from submission to the first run: queue, cluster, checks (docs/platform.md, "Runs"). */
const FIRST_START = 180;
/** Between two runs on one slot. */
const PAUSE_BETWEEN_RUNS = 5;
/** From the end of a run until its outputs are listed. */
export const OUTPUTS_AFTER = 30;
/** Tables and scripts are read up to here. */
const READ_LIMIT = 16 * 1024 * 1024;
const SECONDS_AN_HOUR = 3600;

/** The runs of a job as it is submitted: one, or one a row of its parameters, `slots` of them at a time. */
export function submittedRuns(storage: JobStorage, job: Job): RunPlan[] {
  const { definition } = job;
  const tiles = definition.jobanalyses;
  const { slots, walltime } = tiles[0]!.hardware;
  const rows = parameterRows(storage, definition);
  const slotFreeAt = new Array<number>(Math.min(slots, rows.length)).fill(FIRST_START);
  return rows.map((variables, position) => {
    const run = runPlan(storage, job, position + 1, variables, stepsFor(rows.length));
    const limit = walltime === null ? Infinity : walltime * SECONDS_AN_HOUR;
    const cut = run.duration! > limit;
    const slot = slotFreeAt.indexOf(Math.min(...slotFreeAt));
    const startsAt = slotFreeAt[slot]!;
    const duration = cut ? limit : run.duration!;
    slotFreeAt[slot] = startsAt + duration + PAUSE_BETWEEN_RUNS;
    return { ...run, startsAt, duration, exitCode: cut ? SIGTERM_EXIT_CODE : (run.exitCode ?? 0) };
  });
}

/** A job of thousands of runs has short ones, so that its logs are made in no time. */
const stepsFor = (runs: number) => (runs > 100 ? 20 : runs > 30 ? 100 : 300);

/** What a process leaves that is ended at its wall time. */
const SIGTERM_EXIT_CODE = 143;

function parameterRows(storage: JobStorage, definition: JobDefinition): VariableScript[][] {
  const { paramFile, caseFile, jobvariables, includeNominalRun, monteCarloIterations } = definition;
  const table = paramFile ?? caseFile;
  let rows = table ? tableRows(textOf(storage, table.id)) : generatedRows(jobvariables);
  if (monteCarloIterations !== null && rows.length === 1)
    rows = Array.from({ length: monteCarloIterations }, () => rows[0]!);
  return includeNominalRun ? [[], ...rows] : rows;
}

function textOf({ contentOf }: JobStorage, fileId: string): string {
  const content = contentOf(fileId);
  return content?.slice(0, Math.min(content.size, READ_LIMIT)).toString('utf8') ?? '';
}

/** One run through all tiles of the job: they compute one after the other, and the first bad end is the run's. */
function runPlan(
  storage: JobStorage,
  job: Job,
  number: number,
  variables: VariableScript[],
  steps: number,
): RunPlan {
  const cases: SolverCase[] = [];
  let exitCode = 0;
  for (const [position, tile] of job.definition.jobanalyses.entries()) {
    if (exitCode !== 0) break;
    const solved = tileCase(storage, job, tile, `${number}/${position}`, variables, steps);
    cases.push(solved);
    exitCode = solved.exitCode;
  }
  const results = job.definition.jobanalyses.flatMap((tile, position) => {
    const script = tile.postProcessScript ? textOf(storage, tile.postProcessScript.id) : '';
    return resultNames(tile, script).map((name) => cases[position]?.result(name) ?? missingResult(name));
  });
  return {
    variables,
    duration: cases.reduce((sum, { duration }) => sum + duration, 0),
    exitCode,
    outputsAfter: OUTPUTS_AFTER,
    results,
    sources: (facts) => runSources(storage, job, cases, variables, results, facts),
  };
}

/** What the official example's script prints for a value that it does not find. */
const missingResult = (name: string): VariableScript => ({ name, value: '*** not found ***' });

function tileCase(
  { seed }: JobStorage,
  job: Job,
  tile: JobAnalysis,
  place: string,
  variables: VariableScript[],
  steps: number,
): SolverCase {
  const facts = commandFacts(tile.command);
  const kind = findAnalysis(tile.analysis.code)?.log ?? null;
  // Equal keys have equal logs, so everything that a log depends on is in it.
  const key = `${job.id}/${place}/${hash(seed, JSON.stringify([tile.analysis, tile.command, variables]))}`;
  const secondsPerStep = 2 + 3 * fraction(seed, 'pace', key);
  return solverCase({ seed, key, kind, command: tile.command, facts, secondsPerStep, steps, variables });
}
