/** Are verdicts told that a careful engineer would tell, in time, and no others? */
import { createJudge, type Verdict } from '../../../src/insight/judge/judge';
import { usualOptions } from '../../support/judge/usual-options';
import type { LogStep } from '../../../src/insight/logs/log-step';
import { createLogReader } from '../../../src/insight/logs/reader/create-log-reader';
import { createLogMonitor } from '../../../src/insight/monitor/log-monitor';
import { atLeast, atMost, median } from '../figures';
import type { CorpusLog, Judgement } from './corpus';

/** Steps after the label within which a verdict must come. */
const LATEST: Record<string, number> = { diverging: 3, stalled: 200, oscillating: 200 };
const ALERTS = ['diverging', 'crashed', 'stalled', 'oscillating'];
/** Pieces are cut without regard to lines. */
const PIECE = 65_536;

export function judgeVerdicts(logs: readonly CorpusLog[]): Judgement {
  const lines: string[] = [];
  const count = {
    quiet: 0,
    falseDiverging: 0,
    falseAlerts: 0,
    bad: 0,
    badFound: 0,
    flat: 0,
    flatFound: 0,
    rightKind: 0,
  };
  for (const log of logs) {
    const told = verdictsOf(log.text);
    const names =
      told.map(({ verdict, rule, step }) => `${verdict} (${rule}) at ${step}`).join(', ') || 'nothing';
    if (log.verdict === undefined) {
      lines.push(`${log.file}: ${names}`);
      continue;
    }
    const alerts = told.filter(({ verdict }) => ALERTS.includes(verdict));
    if (log.act === 'none') {
      count.quiet += 1;
      if (alerts.some(({ verdict }) => verdict === 'diverging')) count.falseDiverging += 1;
      else if (alerts.length > 0) count.falseAlerts += 1;
      if (alerts.length > 0) lines.push(`${log.file}: is ${log.verdict}, told ${names}`);
      continue;
    }
    if (log.verdict === 'diverging' || log.verdict === 'crashed') {
      count.bad += 1;
      const found = alerts.find(({ verdict }) => verdict === 'diverging' || verdict === 'crashed');
      const late = log.verdict === 'diverging' && found && isLate(log, found, LATEST['diverging']!);
      if (found && !late) count.badFound += 1;
      else lines.push(`${log.file}: ${log.verdict} at ${log.callAt ?? '?'}, told ${names}`);
    }
    if (log.verdict === 'stalled' || log.verdict === 'oscillating') {
      count.flat += 1;
      const found = alerts.find(({ verdict }) => verdict === 'stalled' || verdict === 'oscillating');
      if (!found || isLate(log, found, LATEST[log.verdict]!)) {
        lines.push(`${log.file}: ${log.verdict} at ${log.callAt ?? '?'}, told ${names}`);
        continue;
      }
      count.flatFound += 1;
      if (found.verdict === log.verdict) count.rightKind += 1;
    }
  }
  const part = (some: number, all: number) => (all === 0 ? 1 : some / all);
  const goals =
    count.quiet + count.bad + count.flat === 0
      ? []
      : [
          atMost('healthy runs called diverging', count.falseDiverging, 0),
          atMost('healthy runs with another alert', part(count.falseAlerts, count.quiet || 1) * 100, 2, ' %'),
          atLeast('diverging and crashed found', part(count.badFound, count.bad), 0.98),
          atLeast('stalled and oscillating found', part(count.flatFound, count.flat), 0.8),
          atLeast('of those, of the right kind', part(count.rightKind, count.flatFound), 0.9),
        ];
  const title = `verdicts (${count.quiet} healthy, ${count.bad} diverging or crashed, ${count.flat} stalled or oscillating)`;
  return { title, lines, goals };
}

function verdictsOf(text: string): Verdict[] {
  const monitor = createLogMonitor({ reader: {}, judge: usualOptions, series: null, keep: 0 });
  const told: Verdict[] = [];
  for (let from = 0; from < text.length; from += PIECE) {
    told.push(...monitor.read(text.slice(from, from + PIECE), 0).verdicts);
  }
  return [...told, ...monitor.end(0).verdicts];
}

function isLate({ callAt }: CorpusLog, { step }: Verdict, most: number): boolean {
  return typeof callAt === 'number' && step > callAt + most;
}

/** Steps below which half a run is no ground for a forecast. */
const LEAST_STEPS = 40;

/** The end is told to the forecast, as it is where a log prints it: how far is it off at half time? */
export function judgeTimeToEnd(logs: readonly CorpusLog[]): Judgement {
  const lines: string[] = [];
  const errors: number[] = [];
  for (const { file, text } of logs) {
    const reader = createLogReader();
    const steps = [...reader.read(text), ...reader.end()].flatMap((item) =>
      'step' in item ? [item.step] : [],
    );
    const clockOf = clockFor(
      steps,
      reader.series.map(({ name }) => name),
    );
    const last = steps.at(-1);
    if (steps.length < LEAST_STEPS || !clockOf || !last || last.time === null) continue;
    const judge = createJudge(usualOptions);
    const end = last.time;
    const half = steps.findIndex(({ time }) => time !== null && time >= (steps[0]!.time! + end) / 2);
    const progress = { progress: null, end, stepsLeft: null };
    for (const step of steps.slice(0, half + 1)) judge.step(step, reader, 0);
    const eta = judge.timeToEnd({
      solver: reader.solver,
      series: reader.series,
      kind: reader.kind,
      progress,
    });
    const left = clockOf(last) - clockOf(steps[half]!);
    if (!eta || !(left > 0)) {
      lines.push(`${file}: no forecast`);
      continue;
    }
    const error = Math.abs(eta.likely - judge.state.pace.now - left) / left;
    errors.push(error);
    lines.push(`${file}: ${(error * 100).toFixed(1)} % off`);
  }
  const goals =
    errors.length === 0
      ? []
      : [atMost('time to a known end at half time, median error', median(errors) * 100, 10, ' %')];
  return { title: `time to a known end (${errors.length} logs)`, lines, goals };
}

/** Milliseconds of the stamps, or of the solver's own clock. */
function clockFor(steps: readonly LogStep[], names: readonly string[]): ((step: LogStep) => number) | null {
  if (steps.length > 0 && steps.every(({ wall }) => wall !== null)) return ({ wall }) => wall!;
  const [clock, execution] = [names.indexOf('clockTime'), names.indexOf('executionTime')];
  const last = steps.at(-1)?.values[clock] ?? NaN;
  const index = last >= 120 ? clock : execution;
  return index < 0 ? null : ({ values }) => (values[index] ?? NaN) * 1000;
}
