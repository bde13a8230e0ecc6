import { archiveEntries } from '../content/archives';
import { contentOf } from '../content/contents';
import { fillTemplate } from '../definition/template';
import { solverFiles } from '../logs/computation';
import { PROCESS_LOG, type FileSource } from '../model/file-source';
import type { Job } from '../model/job';
import { processLines } from '../model/process-log';
import type { RunFacts } from '../model/run-facts';
import type { VariableScript } from '../scripts/job-script';
import { airfoilFiles } from './airfoil-files';
import type { SolverCase } from './solver-case';
import type { JobStorage } from './storage';

/** The files of a submitted run: what its tiles write, its processed templates, and its inputs beside them. */
export function runSources(
  storage: JobStorage,
  job: Job,
  cases: SolverCase[],
  variables: VariableScript[],
  results: VariableScript[],
  facts: RunFacts,
): FileSource[] {
  const files = new Map<string, FileSource>();
  const logs: FileSource[] = [];
  let before = 0;
  for (const each of cases) {
    const from = before;
    const made = each.foam
      ? airfoilFiles(each.foam, each, shiftedFacts(facts, from))
      : solverFiles(each, shiftedFacts(facts, from));
    for (const file of made) {
      const shifted = {
        ...file,
        appearsAt: (file.appearsAt ?? 0) + from,
        content: (elapsed: number) => file.content(elapsed - from),
      };
      if (file.path === PROCESS_LOG) logs.push(shifted);
      else files.set(file.path, shifted);
    }
    before += each.duration;
  }
  for (const file of [...filledTemplates(storage, job, variables), ...inputSources(storage, job)])
    files.set(file.path, file);
  return [processLog(logs, results, before, facts), ...files.values()];
}

/** A tile counts from its own start. */
function shiftedFacts(facts: RunFacts, seconds: number): RunFacts {
  const { times } = facts;
  return { ...facts, times: { ...times, start: (times.start ?? 0) + seconds * 1000 } };
}

/** One log for all tiles, with what the post-processing scripts print at its end. */
function processLog(
  logs: FileSource[],
  results: VariableScript[],
  duration: number,
  { times, dateOf }: RunFacts,
): FileSource {
  return {
    path: PROCESS_LOG,
    content(elapsed) {
      const started = logs.filter(({ appearsAt: appears }) => (appears ?? 0) <= elapsed);
      const parts = started.map((log) => log.content(elapsed)).map((each) => each.slice(0, each.size));
      if (elapsed >= duration && results.length > 0) {
        const printed = results.map(({ name, value }) => `${name}\t${value}\n`).join('');
        parts.push(Buffer.from(processLines(dateOf((times.start ?? 0) + duration * 1000), printed)));
      }
      return parts.length === 1 ? contentOf(parts[0]!) : contentOf(Buffer.concat(parts));
    },
  };
}

function filledTemplates(
  { contentOf: read }: JobStorage,
  { definition }: Job,
  variables: VariableScript[],
): FileSource[] {
  return definition.jobanalyses.flatMap(({ templateTasks }) =>
    templateTasks.flatMap(({ templateFile, processedFilename }) => {
      const template = read(templateFile.id);
      if (!template) return [];
      const text = () => fillTemplate(template.slice(0, template.size).toString('utf8'), variables);
      return [{ path: inWorkDirectory(processedFilename), content: () => contentOf(text()) }];
    }),
  );
}

function inputSources({ nameOf, contentOf: read }: JobStorage, { definition }: Job): FileSource[] {
  return definition.jobanalyses.flatMap(({ inputFiles }) =>
    inputFiles.flatMap(({ id, decompress }) => {
      const [name, content] = [nameOf(id), read(id)];
      if (name === null || content === null) return [];
      // Archives are unpacked unless the reference says otherwise (docs/platform.md, "Uploads").
      const files = (decompress ? archiveEntries(content) : null) ?? [{ path: name, content }];
      return files.map((file) => ({ path: inWorkDirectory(file.path), content: () => file.content }));
    }),
  );
}

const inWorkDirectory = (path: string) => `shared/${path.replace(/^(\.?\/)+/, '')}`;
