import { findAnalysis } from '../catalog/analyses';
import { findCoreType } from '../catalog/core-types';
import { isoMicroseconds } from '../content/dates';
import type { JobAnalysis, JobVariable } from '../definition/job-definition';
import { tableHeader } from '../definition/parameter-table';
import { listedRuns, type Job } from '../model/job';
import { OWNER } from './file-rows';
import type { ApiRequest } from './request';
import { findAnyFile } from './stored-file-rows';

export const isV3 = ({ prefix }: ApiRequest) => prefix === '/api/v3/';

/** What a list of jobs says of each, and every other answer about a job too. */
export function jobSummary({ now, platform }: ApiRequest, job: Job) {
  const runs = listedRuns(job, now).length;
  return {
    id: job.id,
    name: job.name,
    owner: OWNER,
    dateInserted: isoMicroseconds(platform.clock.dateOf(job.created)),
    expectedRuns: runs > 0 ? runs : null,
    isTemplateDryRun: job.definition.isTemplateDryRun,
    isInteractive: false,
  };
}

/** A job's whole definition. It does not say how the job stands (docs/platform.md, "Jobs"). */
export function definitionRow(request: ApiRequest, job: Job) {
  const { paramFile, caseFile, jobanalyses, jobvariables, ...definition } = job.definition;
  const row = {
    ...jobSummary(request, job),
    ...definition,
    name: job.name,
    paramFile: paramFile && fileRowOf(request, paramFile.id),
    caseFile: caseFile && fileRowOf(request, caseFile.id),
    jobvariables:
      jobvariables.length > 0 || !paramFile ? jobvariables : headerVariables(request, paramFile.id),
    jobanalyses: jobanalyses.map((tile) => analysisRow(request, tile)),
  };
  if (!isV3(request)) return row;
  return {
    ...row,
    folderId: null,
    osCostTier: null,
    launchConfig: null,
    // Null on completed jobs too (docs/platform.md, "Runs").
    elapsedWalltimeSeconds: null,
    customFields: Object.fromEntries(job.customFields),
    userTags: job.tags.map((name) => ({ name, normalizedName: name.toLowerCase() })),
    attachedJobs: [],
    region: null,
    study: null,
  };
}

function analysisRow(request: ApiRequest, tile: JobAnalysis) {
  const { analysis, hardware, inputFiles, preProcessScript, postProcessScript, templateTasks, ...rest } =
    tile;
  const known = findAnalysis(analysis.code);
  const version =
    known?.versions.find(({ versionCode }) => versionCode === analysis.version) ?? known?.versions[0];
  const { coreType, coresPerSlot, slots } = hardware;
  const named = {
    code: analysis.code,
    name: known?.name ?? analysis.code,
    version: version?.versionCode ?? analysis.version,
    versionName: version?.version ?? analysis.version,
  };
  return {
    ...rest,
    analysis: isV3(request) ? { ...named, id: `analysis_${analysis.code}`, type: 'compute' } : named,
    hardware: {
      ...hardware,
      coreType: isV3(request) ? { code: coreType, name: findCoreType(coreType)?.name ?? coreType } : coreType,
      coreSummary: coresPerSlot * slots,
    },
    inputFiles: inputFiles.map(({ id, decompress }) => ({ ...fileRowOf(request, id), decompress })),
    preProcessScript: preProcessScript && fileRowOf(request, preProcessScript.id),
    postProcessScript: postProcessScript && fileRowOf(request, postProcessScript.id),
    templateTasks: templateTasks.map(({ templateFile, processedFilename }) => ({
      templateFile: fileRowOf(request, templateFile.id),
      processedFilename,
    })),
  };
}

/** The whole file; one that was deleted is named on, with `isDeleted`. */
function fileRowOf({ platform, storage }: ApiRequest, id: string) {
  return findAnyFile(platform, id)?.row(storage) ?? { id, isDeleted: true };
}

/** The platform takes the variables of a parameter file from its header (docs/platform.md, "Sweeps"). */
function headerVariables({ platform }: ApiRequest, fileId: string): JobVariable[] {
  const content = findAnyFile(platform, fileId)?.content();
  if (!content) return [];
  const beginning = content.slice(0, Math.min(content.size, 64 * 1024)).toString('utf8');
  return tableHeader(beginning).map((name, position) => ({
    name,
    variableType: 'Param',
    valueGeneratorType: null,
    valueGeneratorSettings: null,
    displayOrder: position,
  }));
}
