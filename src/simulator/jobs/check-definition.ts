import { findProject } from '../catalog/account';
import { findAnalysis } from '../catalog/analyses';
import { findCoreType, fitsCores } from '../catalog/core-types';
import type { FieldError } from '../definition/field-errors';
import type { JobAnalysis, JobDefinition } from '../definition/job-definition';

/** What is known of a file that a job names; null when there is none. */
type LookUpFile = (id: string) => { typeId: number } | null;

type Path = FieldError['path'];

const TEMPLATE = 2;
const PARAMETERS = 3;
const SCRIPT = 4;
const CASES = 8;

/** What a form can't tell: whether things exist and fit (docs/platform.md, "Making a job"). */
export function definitionErrors(definition: JobDefinition, lookUp: LookUpFile): FieldError[] {
  const { projectId, paramFile, caseFile, jobanalyses } = definition;
  const errors: FieldError[] = [];
  if (projectId && !findProject(projectId)) {
    errors.push({ path: ['projectId'], message: `Invalid pk "${projectId}" - object does not exist.` });
  }
  errors.push(...fileErrors(['paramFile'], paramFile, PARAMETERS, lookUp));
  errors.push(...fileErrors(['caseFile'], caseFile, CASES, lookUp));
  jobanalyses.forEach((tile, position) => {
    errors.push(...tileErrors(['jobanalyses', position], tile, lookUp));
  });
  return errors;
}

function tileErrors(path: Path, tile: JobAnalysis, lookUp: LookUpFile): FieldError[] {
  const errors = [...softwareErrors(path, tile), ...hardwareErrors([...path, 'hardware'], tile.hardware)];
  tile.inputFiles.forEach((file, position) => {
    errors.push(...fileErrors([...path, 'inputFiles', position], file, null, lookUp));
  });
  for (const key of ['preProcessScript', 'postProcessScript'] as const) {
    errors.push(...fileErrors([...path, key], tile[key], SCRIPT, lookUp));
  }
  tile.templateTasks.forEach(({ templateFile }, position) => {
    errors.push(
      ...fileErrors([...path, 'templateTasks', position, 'templateFile'], templateFile, TEMPLATE, lookUp),
    );
  });
  if (tile.userDefinedLicenseSettings && (tile.useRescaleLicense || tile.onDemandLicenseSeller)) {
    errors.push({
      path: [...path, 'userDefinedLicenseSettings'],
      message: 'Can not be combined with a Rescale license or an on-demand license seller.',
    });
  }
  return errors;
}

function softwareErrors(path: Path, { analysis, command, hardware }: JobAnalysis): FieldError[] {
  const known = findAnalysis(analysis.code);
  const at = [...path, 'analysis'];
  if (!known) return [{ path: [...at, 'code'], message: `Unknown analysis "${analysis.code}".` }];
  const version = known.versions.find(({ versionCode }) => versionCode === analysis.version);
  if (analysis.version !== null && !version) {
    return [
      { path: [...at, 'version'], message: `"${analysis.version}" is not a version of ${analysis.code}.` },
    ];
  }
  const errors: FieldError[] = [];
  const { allowedCoreTypes, versionCode } = version ?? known.versions[0]!;
  if (findCoreType(hardware.coreType) && !allowedCoreTypes.includes(hardware.coreType)) {
    errors.push({
      path: [...path, 'hardware', 'coreType'],
      message: `${known.name} ${versionCode} can not be run on ${hardware.coreType}.`,
    });
  }
  if (analysis.code === 'abaqus' && !/\binteractive\b/.test(command)) {
    errors.push({
      path: [...path, 'command'],
      message: 'The command of an Abaqus job needs the word interactive.',
    });
  }
  return errors;
}

function hardwareErrors(
  path: Path,
  { coreType, coresPerSlot, walltime }: JobAnalysis['hardware'],
): FieldError[] {
  const known = findCoreType(coreType);
  if (!known || known.isActive === false) {
    return [{ path: [...path, 'coreType'], message: `"${coreType}" is not a core type that can be used.` }];
  }
  const errors: FieldError[] = [];
  if (!fitsCores(known, coresPerSlot)) {
    const sizes = known.cores.join(', ');
    errors.push({
      path: [...path, 'coresPerSlot'],
      message: `${coresPerSlot} is not valid for ${known.name}: use ${sizes} or a multiple of ${known.cores.at(-1)}.`,
    });
  }
  if (known.walltimeRequired && walltime === null) {
    errors.push({ path: [...path, 'walltime'], message: `${known.name} requires a walltime.` });
  }
  return errors;
}

function fileErrors(
  path: Path,
  file: { id: string } | null,
  typeId: number | null,
  lookUp: LookUpFile,
): FieldError[] {
  if (!file) return [];
  const found = lookUp(file.id);
  if (!found) return [{ path: [...path, 'id'], message: `Invalid pk "${file.id}" - object does not exist.` }];
  if (typeId === null || found.typeId === typeId) return [];
  return [{ path: [...path, 'id'], message: `The file has type ${found.typeId}, and ${typeId} is needed.` }];
}
