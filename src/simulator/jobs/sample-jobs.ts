import { contentOf, type Content } from '../content/contents';
import { isoMicroseconds } from '../content/dates';
import { fieldFile } from '../content/field-files';
import { hash } from '../content/random';
import { PROCESS_LOG, type FileSource } from '../model/file-source';
import type { JobPlan } from '../model/job';
import { openingLines } from '../model/process-log';
import type { RunPlan } from '../model/run';
import type { RunFacts } from '../model/run-facts';
import {
  printedDirectory,
  printedFiles,
  printedHome,
  printedLines,
  printedSnapshotId,
  printedTextType,
} from './samples';

/** The two jobs of the API page (docs/platform.md); what the page leaves out is filled in its manner. */
export function sampleJobs(): JobPlan[] {
  return [finishedSweep(), exhibit()];
}

/** Bytes of the fields that the page prints; the totals of its two runs show that all time steps have them. */
const step: [name: string, bytes: number][] = [
  ['nut', 100_195],
  ['nuTilda', 99_221],
  ['p', 86_615],
  ['phi', 190_707],
  ['U', 298_228],
  ['uniform/time', 968],
];
const beginning: [name: string, bytes: number][] = [
  ['nut', 1278],
  ['nuTilda', 1268],
  ['p', 1166],
  ['U', 1298],
];
const stepBytes = step.reduce((sum, [, bytes]) => sum + bytes, 0);
const beginningBytes = beginning.reduce((sum, [, bytes]) => sum + bytes, 0);

/** The case's files with `steps` written time steps. */
function caseFiles(steps: number): [path: string, bytes: number][] {
  const files: [string, number][] = beginning.map(([name, bytes]) => [`airFoil2D/0/${name}`, bytes]);
  for (let number = 1; number <= steps; number += 1) {
    for (const [name, bytes] of step) files.push([`airFoil2D/${number * 100}/${name}`, bytes]);
  }
  return files;
}

/** Equal files share their content, and so its checksum. */
const contents = new Map<string, Content>();

function sampleFile(path: string, bytes: number, printed: FileSource['printed'] = {}): FileSource {
  return {
    path,
    checksum: 'md5',
    printed,
    storedOnly: true,
    content() {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const key = `${name} ${bytes}`;
      const known =
        contents.get(key) ?? (path === 'airFoil2D/0/U' ? printedU() : fieldFile(name, bytes, key));
      contents.set(key, known);
      return known;
    },
  };
}

/** The text of the page's tail sample is the file that it lists: same bytes, same md5. */
const printedU = () => contentOf(`${printedLines.join('\n')}\n`);

const CREATED = Date.UTC(2015, 1, 17, 22);
const FIRST_START = Date.UTC(2015, 1, 18, 3, 8, 49, 117);
const SECOND_START = Date.UTC(2015, 1, 18, 3, 6, 46, 477);
/** The page's second run started first: the sweep went from its end to its beginning. */
const BETWEEN = FIRST_START - SECOND_START;
const RUNS = 121;
const SIDE = 11;

/** `XXXXXX`: 121 finished runs, of which the page prints the first two. */
function finishedSweep(): JobPlan {
  const runs = Array.from({ length: RUNS }, (_, position) => sweepRun(position + 1));
  return { id: 'XXXXXX', name: 'airFoil2D sweep', createdAt: CREATED, submittedAt: 5, runs };
}

function sweepRun(number: number): RunPlan {
  const [duration, steps, size, drag, lift] = totals(number);
  const position = number - 1;
  const x = 20 + Math.floor(position / SIDE);
  const y = 3 + (position % SIDE) * 0.5;
  const start = FIRST_START - position * BETWEEN;
  return {
    startsAt: (start - CREATED) / 1000 - 5,
    duration,
    outputsAfter: 20,
    variables: [
      { name: 'x_velocity', value: x },
      { name: 'y_velocity', value: y },
    ],
    results: [
      { name: 'Cd', value: drag },
      { name: 'Cl', value: lift },
    ],
    sources: (facts) => sweepFiles(facts, steps, size),
  };
}

type Totals = [duration: number, steps: number, size: number, drag: number, lift: number];

function totals(number: number): Totals {
  if (number === 1) return [25.55, 10, 8_018_226, -0.0187556, 0.140742];
  if (number === 2) return [26.572, 11, 8_805_863, -0.0248332, 0.157982];
  const steps = 10 + (hash('steps', number) % 2);
  const position = number - 1;
  const angle = Math.atan2(3 + (position % SIDE) * 0.5, 20 + Math.floor(position / SIDE));
  const size = steps * stepBytes + 260_000 + (hash('size', number) % 20_000);
  const duration = 24 + (hash('duration', number) % 4000) / 1000;
  return [duration, steps, size, Number((-1.2 * angle ** 2).toFixed(7)), Number((angle * 0.94).toFixed(6))];
}

/** Number and bytes as the run tells them: a log and the mesh beside the fields. */
function sweepFiles(facts: RunFacts, steps: number, size: number): FileSource[] {
  const log = openingLines(facts.dateOf(facts.times.start ?? 0), facts.jobId, 'simpleFoam');
  const lastLine = '[2015-02-18T03:09:14Z]: Exited with code 0\n';
  const mesh = size - beginningBytes - steps * stepBytes - log.length - lastLine.length;
  return [
    { path: PROCESS_LOG, checksum: 'md5', content: () => contentOf(log) },
    ...caseFiles(steps).map(([path, bytes]) => sampleFile(path, bytes)),
    sampleFile('airFoil2D/constant/polyMesh/points', mesh),
  ];
}

const UPLOADED = Date.UTC(2014, 10, 12, 22, 56, 51, 300);

/**
 * `XXXXX` run 1, which the page shows from all sides at once: its directory and tail, which only a run in progress
 * has, and its 63 output files, which only an ended one should have. So it is in progress with its files stored
 * already. It does not close for long: a stop takes five minutes, and half an hour later it computes again.
 */
function exhibit(): JobPlan {
  return {
    id: 'XXXXX',
    name: 'airFoil2D',
    createdAt: Date.UTC(2014, 10, 12, 22, 40),
    submittedAt: 5,
    home: printedHome,
    textType: printedTextType,
    restartsAfter: 1800,
    keepsDates: true,
    keepsSnapshots: 1,
    runs: [
      {
        startsAt: 60,
        duration: null,
        stopTakes: 300,
        storedEarly: true,
        outputsAfter: 0,
        sources: exhibitFiles,
      },
    ],
  };
}

function exhibitFiles(facts: RunFacts): FileSource[] {
  const printed = printedFiles.map(({ relativePath, bytes, ...told }) =>
    sampleFile(relativePath, bytes, told),
  );
  const known = new Set(printedFiles.map(({ relativePath }) => relativePath));
  const others: [path: string, bytes: number][] = [
    ...caseFiles(9).filter(([path]) => !known.has(path)),
    ['airFoil2D/constant/polyMesh/points', 262_144],
    ['airFoil2D/constant/transportProperties', 1402],
    ['airFoil2D/system/controlDict', 1180],
  ];
  const uploaded = (position: number) => ({ dateUploaded: isoMicroseconds(UPLOADED + position * 83, 512) });
  const log = openingLines(facts.dateOf(facts.times.start ?? 0), facts.jobId, 'simpleFoam');
  return [
    ...printed,
    ...others.map(([path, bytes], position) => sampleFile(path, bytes, uploaded(position))),
    { path: PROCESS_LOG, storedOnly: true, printed: uploaded(60), content: () => contentOf(log) },
    { ...sampleFile('snapshot_0.tar.gz', 40_960, { id: printedSnapshotId, ...uploaded(-900) }), typeId: 12 },
    ...printedDirectory.map((path): FileSource => {
      const bytes = beginning.find(([name]) => path.endsWith(`/${name}`))![1];
      return { ...sampleFile(path, bytes), storedOnly: false, liveOnly: true };
    }),
  ];
}
