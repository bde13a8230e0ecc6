/**
 * What reading logs costs: lines per second and how long 10,000 lines hold up the process, for each solver; memory while
 * 100 MB go through; the worst line for users' patterns. Run: `node --expose-gc --require tsx/cjs test/bench/insight/read-logs.ts`.
 */
import { createLogReader, type LogReaderOptions } from '../../../src/insight/logs/reader/create-log-reader';
import { createLogMonitor, type LogMonitor } from '../../../src/insight/monitor/log-monitor';
import { usualOptions } from '../../support/judge/usual-options';
import { cfxLog, fluentLog, starLog, su2Log } from '../../support/logs/flow-logs';
import { foamLog } from '../../support/logs/foam-log';
import { abaqusMessage, ansysSolve, dynaEnergies, nastranOutput } from '../../support/logs/structure-logs';
import {
  atLeast,
  atMost,
  goalTable,
  machine,
  megabytes,
  milliseconds,
  shown,
  table,
  type Goal,
  type Row,
} from '../figures';

const BATCH = 10_000;
const ROUNDS = 15;

const attempts = [{ increment: 1, attempt: 1, iterations: 4, total: 0.05, size: 0.05 }];
const foamFields = ['Ux', 'Uy', 'Uz', 'p', 'k', 'omega'];

/** A table of 13 columns, as function objects and history files have them. */
const numbersTable = (glue: string, mark = ''): string => {
  const names = ['iteration', ...Array.from({ length: 12 }, (_, index) => `value_${index}`)];
  const rows = Array.from({ length: 2_000 }, (_, row) =>
    names.map((_name, column) => (column === 0 ? row : Math.exp(column - row / 900).toExponential(6))),
  );
  return `${[mark + names.join(glue), ...rows.map((row) => row.join(glue))].join('\n')}\n`;
};

/** Rows of thousands of characters: what counts is how many of those are read, not how many lines. */
const wide = Array.from({ length: 140 }, (_, index) => `Monitor ${index} (N)`);

/**
 * Goals in lines are for rows of up to 200 characters, which is what solvers print unless somebody adds a hundred monitors:
 * a row of 2,300 characters is 141 numbers, and takes as long as a dozen rows of the usual kind.
 */
const logs: { subject: string; text: string; goals: boolean }[] = [
  { subject: 'OpenFOAM, steady', text: foamLog({ steps: 500, fields: foamFields }), goals: true },
  {
    subject: 'OpenFOAM, in time',
    text: foamLog({
      steps: 500,
      fields: foamFields,
      transient: true,
      application: 'pimpleFoam',
      solves: { p: 4 },
    }),
    goals: true,
  },
  { subject: 'Fluent', text: fluentLog({ iterations: 2_000 }), goals: true },
  { subject: 'SU2, CSV', text: su2Log('csv', 2_000), goals: true },
  { subject: 'SU2, screen', text: su2Log('bars', 2_000), goals: true },
  { subject: 'STAR-CCM+', text: starLog({ iterations: 2_000 }), goals: true },
  { subject: 'STAR-CCM+, 140 monitors', text: starLog({ iterations: 500, names: wide }), goals: false },
  { subject: 'a table, commas', text: numbersTable(','), goals: true },
  { subject: 'a table, tabs', text: numbersTable('\t', '# '), goals: true },
  { subject: 'CFX', text: cfxLog(500), goals: true },
  {
    subject: 'Abaqus, messages',
    text: abaqusMessage(Array.from({ length: 300 }, () => attempts[0]!)),
    goals: true,
  },
  { subject: 'Ansys, solve output', text: ansysSolve().repeat(100), goals: true },
  { subject: 'LS-DYNA, energies', text: dynaEnergies(300), goals: true },
  { subject: 'Nastran, .f06', text: nastranOutput(200), goals: true },
  {
    subject: 'nobody’s',
    text: 'Reading part 17 of the mesh from the file that was named\n'.repeat(5_000),
    goals: true,
  },
];

function batchOf(text: string): string {
  const lines = text.split('\n').slice(0, -1);
  return `${Array.from({ length: BATCH }, (_, index) => lines[index % lines.length]).join('\n')}\n`;
}

/** Processor time that one batch takes, in ms: the shortest of some, because others share this machine. */
function timeOf(text: string, options: LogReaderOptions = {}): number {
  const reader = createLogReader(options);
  const times = Array.from({ length: ROUNDS }, () => {
    const from = process.cpuUsage();
    reader.read(text);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

function speeds(): { rows: Row[]; goals: Goal[] } {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const { subject, text, goals: counts } of logs) {
    const batch = batchOf(text);
    const time = timeOf(batch);
    const figures = {
      'lines/s': shown((BATCH / time) * 1000),
      'MB/s': shown(batch.length / time / 1000),
      '10,000 lines': milliseconds(time),
    };
    rows.push({ bench: 'read', subject, figures });
    if (!counts) continue;
    goals.push(atLeast(`${subject}: lines/s`, (BATCH / time) * 1000, 400_000));
    goals.push(atMost(`${subject}: 10,000 lines`, time, 25, ' ms'));
  }
  return { rows, goals };
}

function memory(): { rows: Row[]; goals: Goal[] } {
  const piece = foamLog({ steps: 100, fields: foamFields, heading: false, end: '' });
  const reader = createLogReader({ solver: 'openfoam' });
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  for (let read = 0; read < 100e6; read += piece.length) {
    reader.read(Buffer.from(piece).toString('utf8'));
    most = Math.max(most, process.memoryUsage().rss);
  }
  const state = JSON.stringify(reader.state()).length;
  return {
    rows: [
      {
        bench: 'memory',
        subject: '100 MB of OpenFOAM',
        figures: { growth: megabytes(most - before), state: `${shown(state)} characters` },
      },
    ],
    goals: [atMost('100 MB: growth of the process', (most - before) / 1e6, 60, ' MB')],
  };
}

/** What one run costs that is monitored with all its rows kept: 10,000 steps of eight series. */
function monitoredRuns(): { rows: Row[]; goals: Goal[] } {
  const RUNS = 20;
  const fields = ['Ux', 'Uy', 'Uz', 'p', 'k', 'omega', 'h', 'T'];
  const text = foamLog({ steps: 10_000, fields });
  const used = (): number => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const monitors: LogMonitor[] = [];
  const open = (): void => {
    const one = createLogMonitor({ reader: {}, judge: usualOptions, series: null, keep: 10_000 });
    for (let from = 0; from < text.length; from += 65_536) one.read(text.slice(from, from + 65_536), 0);
    monitors.push(one);
  };
  open();
  const before = used();
  for (let run = 0; run < RUNS; run += 1) open();
  const each = (used() - before) / RUNS;
  const rows = monitors.at(-1)!.allRows();
  return {
    rows: [
      {
        bench: 'memory',
        subject: `a monitored run, ${shown(rows.length)} rows of ${Object.keys(rows[0]!).length - 2} series`,
        figures: { each: megabytes(each) },
      },
    ],
    goals: [atMost('a monitored run of 10,000 steps of eight series', each / 1e6, 1, ' MB')],
  };
}

function patterns(): { rows: Row[]; goals: Goal[] } {
  const lines: Record<string, string> = {
    'a line of 1 MB': `${'a1 '.repeat(350_000)}\n`,
    'a line of 10,000': `${Array.from({ length: 9_990 }, (_, index) => ((index * 7) % 13 < 6 ? 'a' : 'b')).join('')}\n`,
  };
  const evil = ['(a+)+$', '(a|b)*a(a|b){8}', '.*.*.*=', '([ab]?){60}[ab]{60}', '\\s+$'];
  const rows: Row[] = [];
  let worst = 0;
  for (const [subject, line] of Object.entries(lines)) {
    for (const expression of evil) {
      const options: LogReaderOptions = {
        solver: 'patterns',
        patterns: [{ name: 'evil', expression, role: 'value' }],
      };
      const time = timeOf(line, options);
      worst = Math.max(worst, time);
      rows.push({
        bench: 'patterns',
        subject: `${expression}, ${subject}`,
        figures: { time: milliseconds(time) },
      });
    }
  }
  const usual = timeOf(batchOf(logs[0]!.text), {
    patterns: ['sum local = ([\\d.e+-]+)', 'Cd\\s*[:=]\\s*(\\S+)', '^\\s*(\\d+)\\s+(\\S+)$'].map(
      (expression, index) => ({
        name: `p${index}`,
        expression,
        role: 'value' as const,
      }),
    ),
  });
  rows.push({
    bench: 'patterns',
    subject: 'three usual ones, 10,000 lines of OpenFOAM',
    figures: { time: milliseconds(usual) },
  });
  return { rows, goals: [atMost('the worst pattern on the worst line', worst, 50, ' ms')] };
}

const results = [speeds(), memory(), monitoredRuns(), patterns()];
const goals = results.flatMap((result) => result.goals);
console.log(`\n${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}, ${machine()}\n`);
console.log(`${goalTable(goals)}\n`);
console.log(table(results.flatMap((result) => result.rows)));
if (goals.some(({ kept }) => !kept)) process.exitCode = 1;
