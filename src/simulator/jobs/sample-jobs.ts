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
  sampleDirectory,
  sampleFiles,
  sampleHome,
  sampleLines,
  sampleSnapshotId,
  sampleTextType,
} from './samples';

/** The two jobs of the API page (docs/platform.md); what the page leaves out is filled in the same style. */
export function sampleJobs(): JobPlan[] {
  return [finishedSweep(), runningSample()];
}

/** Bytes of the fields that the page prints; the totals of its two runs show that all time steps have them. */
const stepFiles: [name: string, bytes: number][] = [
  ['nut', 100_195],
  ['nuTilda', 99_221],
  ['p', 86_615],
  ['phi', 190_707],
  ['U', 298_228],
  ['uniform/time', 968],
];
const initialFiles: [name: string, bytes: number][] = [
  ['nut', 1278],
  ['nuTilda', 1268],
  ['p', 1166],
  ['U', 1298],
];
const stepBytes = stepFiles.reduce((sum, [, bytes]) => sum + bytes, 0);
const initialBytes = initialFiles.reduce((sum, [, bytes]) => sum + bytes, 0);

/** The case's files with `steps` written time steps. */
function caseFiles(steps: number): [path: string, bytes: number][] {
  const files: [string, number][] = initialFiles.map(([name, bytes]) => [`airFoil2D/0/${name}`, bytes]);
  for (let number = 1; number <= steps; number += 1) {
    for (const [name, bytes] of stepFiles) files.push([`airFoil2D/${number * 100}/${name}`, bytes]);
  }
  return files;
}

/** Equal files share their content, and so its checksum. */
const contents = new Map<string, Content>();

function sampleSource(path: string, bytes: number, printed: FileSource['fixedMetadata'] = {}): FileSource {
  return {
    path,
    checksum: 'md5',
    fixedMetadata: printed,
    storedOnly: true,
    content() {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const key = `${name} ${bytes}`;
      const known = contents.get(key) ?? (path === 'airFoil2D/0/U' ? sampleU() : fieldFile(name, bytes, key));
      contents.set(key, known);
      return known;
    },
  };
}

/** The text of the page's tail sample is the file that it lists: same bytes, same md5. */
const sampleU = () => contentOf(`${sampleLines.join('\n')}\n`);

const CREATED = Date.UTC(2015, 1, 17, 22);
const FIRST_START = Date.UTC(2015, 1, 18, 3, 8, 49, 117);
const SECOND_START = Date.UTC(2015, 1, 18, 3, 6, 46, 477);
/** The page's second run started first: the sweep went from its end to its beginning. */
const BETWEEN = FIRST_START - SECOND_START;
const RUNS = 121;
const RUNS_PER_VELOCITY = 11;

/** `XXXXXX`: 121 finished runs, of which the page prints the first two. */
function finishedSweep(): JobPlan {
  const runs = Array.from({ length: RUNS }, (_, position) => sweepRun(position + 1));
  return { id: 'XXXXXX', name: 'airFoil2D sweep', createdAt: CREATED, submittedAt: 5, runs };
}

function sweepRun(number: number): RunPlan {
  const [duration, steps, size, drag, lift] = totals(number);
  const position = number - 1;
  const x = 20 + Math.floor(position / RUNS_PER_VELOCITY);
  const y = 3 + (position % RUNS_PER_VELOCITY) * 0.5;
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
  const angle = Math.atan2(
    3 + (position % RUNS_PER_VELOCITY) * 0.5,
    20 + Math.floor(position / RUNS_PER_VELOCITY),
  );
  const size = steps * stepBytes + 260_000 + (hash('size', number) % 20_000);
  const duration = 24 + (hash('duration', number) % 4000) / 1000;
  return [duration, steps, size, Number((-1.2 * angle ** 2).toFixed(7)), Number((angle * 0.94).toFixed(6))];
}

/** Number and bytes as the run tells them: a log and the mesh beside the fields. */
function sweepFiles(facts: RunFacts, steps: number, size: number): FileSource[] {
  const log = openingLines(facts.dateOf(facts.times.start ?? 0), facts.jobId, 'simpleFoam');
  const lastLine = '[2015-02-18T03:09:14Z]: Exited with code 0\n';
  const mesh = size - initialBytes - steps * stepBytes - log.length - lastLine.length;
  return [
    { path: PROCESS_LOG, checksum: 'md5', content: () => contentOf(log) },
    ...caseFiles(steps).map(([path, bytes]) => sampleSource(path, bytes)),
    sampleSource('airFoil2D/constant/polyMesh/points', mesh),
  ];
}

const UPLOADED = Date.UTC(2014, 10, 12, 22, 56, 51, 300);

/**
 * `XXXXX` run 1, which the page shows from all sides at once: its directory and tail, which only a run in progress
 * has, and its 63 output files, which only an ended one should have. So it is in progress with its files stored
 * already. It is never gone for long: a stop takes five minutes, and half an hour later it computes again.
 */
function runningSample(): JobPlan {
  return {
    id: 'XXXXX',
    name: 'airFoil2D',
    createdAt: Date.UTC(2014, 10, 12, 22, 40),
    submittedAt: 5,
    home: sampleHome,
    textType: sampleTextType,
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
        sources: runningSampleFiles,
      },
    ],
  };
}

function runningSampleFiles(facts: RunFacts): FileSource[] {
  const printed = sampleFiles.map(({ relativePath, bytes, ...metadata }) =>
    sampleSource(relativePath, bytes, metadata),
  );
  const known = new Set(sampleFiles.map(({ relativePath }) => relativePath));
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
    ...others.map(([path, bytes], position) => sampleSource(path, bytes, uploaded(position))),
    { path: PROCESS_LOG, storedOnly: true, fixedMetadata: uploaded(60), content: () => contentOf(log) },
    { ...sampleSource('snapshot_0.tar.gz', 40_960, { id: sampleSnapshotId, ...uploaded(-900) }), typeId: 12 },
    ...sampleDirectory.map((path): FileSource => {
      const bytes = initialFiles.find(([name]) => path.endsWith(`/${name}`))![1];
      return { ...sampleSource(path, bytes), storedOnly: false, liveOnly: true };
    }),
  ];
}
