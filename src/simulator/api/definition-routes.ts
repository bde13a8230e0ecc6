import * as v from 'valibot';
import { empty, json, HttpError, type Answer } from '../answers/answers';
import { fieldErrors, refuseFields } from '../definition/field-errors';
import { jobDefinition, type JobDefinition } from '../definition/job-definition';
import { definitionErrors } from '../jobs/check-definition';
import type { JobStorage } from '../jobs/storage';
import { OUTPUTS_AFTER, submittedRuns } from '../jobs/submitted-runs';
import type { Job } from '../model/job';
import type { Platform } from '../model/platform';
import { clusterStatus } from '../model/timeline';
import { definitionRow, isV3 } from './definition-rows';
import { requestedJob } from './requested-job';
import type { ApiRequest } from './request';
import { findAnyFile } from './stored-file-rows';

/** Virtual seconds from submission until the run list has rows; it is empty at first (docs/platform.md, "Runs"). */
const RUNS_LISTED_AFTER = 50;

/** 201 and the whole definition; saved, not started, and no cost. */
export function postJob(request: ApiRequest): Answer {
  const { platform } = request;
  const definition = validDefinition(request, request.body);
  const job = platform.add({
    name: definition.name,
    submittedAt: null,
    runsListedAfter: RUNS_LISTED_AFTER,
    // Programs read the outputs as soon as they see `Completed`: those of the last run are listed by then.
    completesAfter: OUTPUTS_AFTER + 2,
    runs: [],
    definition,
    runsAtSubmission: (submitted) => submittedRuns(storageOf(platform), submitted),
  });
  return json(definitionRow(request, job), 201);
}

/** Access to the files that a job's definition names; deleted ones have no content. */
function storageOf(platform: Platform): JobStorage {
  return {
    seed: platform.seed,
    nameOf: (id) => findAnyFile(platform, id)?.name ?? null,
    contentOf(id) {
      const file = findAnyFile(platform, id);
      return file && !file.deleted ? file.content() : null;
    },
  };
}

/** Throws a 400 with the errors nested like the request. */
function validDefinition(request: ApiRequest, body: unknown): JobDefinition {
  const { platform, storage } = request;
  const { body: v2Body, errors } = asV2(request, body);
  const parsed = v.safeParse(jobDefinition, v2Body);
  refuseFields([...errors, ...(parsed.success ? [] : fieldErrors(parsed.issues))], body);
  const definition = parsed.output as JobDefinition;
  const lookUp = (id: string) => findAnyFile(platform, id)?.row(storage) ?? null;
  refuseFields(definitionErrors(definition, lookUp), body);
  return { ...definition, projectId: definition.projectId || null };
}

/** v3 wants the core type as an object; which name of the project is read is a habit (docs/platform.md, "Making a job"). */
function asV2(request: ApiRequest, body: unknown) {
  const errors: { path: (string | number)[]; message: string }[] = [];
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return { body: body ?? {}, errors };
  const given: Record<string, unknown> = { ...body };
  given['projectId'] = given[request.platform.habits.projectKey];
  const tiles = given['jobanalyses'];
  if (isV3(request) && Array.isArray(tiles)) {
    given['jobanalyses'] = tiles.map((tile: unknown, position) => {
      const { hardware } = Object(tile) as { hardware?: { coreType?: unknown } };
      if (!hardware || typeof hardware !== 'object') return tile;
      const { code } = Object(hardware.coreType) as { code?: unknown };
      if (typeof hardware.coreType === 'string') {
        errors.push({
          path: ['jobanalyses', position, 'hardware', 'coreType'],
          message: 'Invalid data. Expected a dictionary, but got str.',
        });
      }
      return { ...(tile as object), hardware: { ...hardware, coreType: code ?? hardware.coreType } };
    });
  }
  return { body: given, errors };
}

/** On a draft the whole definition; on any other job 200 without effect (docs/platform.md, "Around a job"). */
export function patchJob(request: ApiRequest): Answer {
  const job = requestedJob(request);
  const whole = request.method === 'PUT';
  if (job.submitted === null) {
    const body = request.body === undefined ? {} : request.body;
    if (body === null || typeof body !== 'object' || Array.isArray(body)) {
      throw new HttpError(400, 'Invalid data. Expected a dictionary.');
    }
    const before = whole ? {} : withProject(request, job);
    setDefinition(job, validDefinition(request, { ...before, ...body }));
  }
  const { name, definition } = job;
  return json({ id: job.id, isLowPriority: definition.isLowPriority, name, projectId: definition.projectId });
}

function setDefinition(job: Job, definition: JobDefinition): void {
  job.definition = definition;
  job.name = definition.name;
}

/** The definition as a request would have sent it. */
function withProject(request: ApiRequest, { definition }: Job): Record<string, unknown> {
  const { projectId, ...rest } = definition;
  const tiles = rest.jobanalyses.map((tile) =>
    isV3(request)
      ? { ...tile, hardware: { ...tile.hardware, coreType: { code: tile.hardware.coreType } } }
      : tile,
  );
  return { ...rest, jobanalyses: tiles, [request.platform.habits.projectKey]: projectId };
}

/** 204; 400 while the cluster is not gone (docs/platform.md, "Around a job"). Inputs stay unless `deleteInputFiles` says not. */
export function deleteJob(request: ApiRequest): Answer {
  const { platform, query, now } = request;
  const job = requestedJob(request);
  const status = clusterStatus(job, now);
  if (job.submitted !== null && status !== 'Stopped') {
    throw new HttpError(400, 'The job can not be deleted while its cluster is running.');
  }
  if (/^true$/i.test(query.get('deleteInputFiles') ?? '')) {
    for (const { inputFiles } of job.definition.jobanalyses)
      for (const { id } of inputFiles) platform.store.change(id, { deleted: true });
  }
  platform.remove(job.id);
  return empty(204);
}
