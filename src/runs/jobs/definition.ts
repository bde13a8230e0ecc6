import { isRecord } from '../../api/endpoints/rows';
import { RescaleError, type ErrorTextValues } from '../../api/errors/errors';
import { shortened } from '../../api/errors/shown-value';
import type { JobDefinition } from '../../api/client/types';
import { HIDDEN } from '../../api/errors/redactor';
import { isSparse } from '../../api/errors/sparse-list';

/** What a create request says of one tile, as far as it is read here (docs/platform.md, "Making a job"). */
export interface Tile {
  analysis: { code: string; version?: string };
  command: string;
  hardware: Hardware;
  inputFiles?: FileInput[] | null;
  envVars?: Record<string, unknown> | null;
  templateTasks?: { templateFile?: { id: string } | null; processedFilename?: string }[] | null;
  [name: string]: unknown;
}

export interface Hardware {
  /** A text under v2, an object under v3. */
  coreType: string | { code: string };
  coresPerSlot: number;
  slots?: number | null;
  /** Whole hours. */
  walltime?: number | null;
  [name: string]: unknown;
}

export interface FileInput {
  id: string;
  decompress?: boolean;
}

/** A body of a create request that has what is needed to work with it. */
export type Draft = JobDefinition & { name: string; jobanalyses: Tile[] };

/** Rejects with RESCALE_INPUT what can't be a definition of a job; `name` may still be missing. */
export function asDefinition(value: unknown): JobDefinition & { jobanalyses: Tile[] } {
  if (!isRecord(value)) throw unusable('reason-definition-object');
  const lost = findUnsendable(value);
  if (lost) {
    throw unusable('reason-definition-value', {
      path: shortened(lost.path || '–'),
      kind: shortened(lost.kind),
    });
  }
  const tiles = value['jobanalyses'];
  if (!Array.isArray(tiles) || tiles.length === 0) throw unusable('reason-definition-tiles');
  for (const tile of tiles as unknown[]) {
    if (!isRecord(tile) || !isRecord(tile['analysis']) || typeof tile['analysis']['code'] !== 'string') {
      throw unusable('reason-definition-analysis');
    }
    const hardware = tile['hardware'];
    if (!isRecord(hardware) || coreTypeOf(hardware as Hardware) === null) {
      throw unusable('reason-definition-hardware');
    }
    if (typeof tile['command'] !== 'string') throw unusable('reason-definition-command');
    checkEnvironment(tile['envVars']);
    for (const name of ['inputFiles', 'templateTasks'] as const) checkList(tile[name], name);
  }
  const definition = JSON.parse(JSON.stringify(value)) as JobDefinition & { jobanalyses: Tile[] };
  for (const { hardware } of definition.jobanalyses) toV2(hardware);
  return definition;
}

function checkEnvironment(environment: unknown): void {
  if (environment === undefined || environment === null) return;
  if (!isRecord(environment)) throw unusable('reason-definition-environment');
  // What a node handed on of a job lacks them: with this in their place the software would find no licence.
  const name = Object.entries(environment).find(([, text]) => text === HIDDEN)?.[0];
  if (name !== undefined) throw unusable('reason-definition-hidden', { name: shortened(name) });
}

function checkList(list: unknown, name: 'inputFiles' | 'templateTasks'): void {
  if (list === undefined || list === null) return;
  const isMember = (member: unknown) =>
    isRecord(member) && (name !== 'inputFiles' || typeof member['id'] === 'string');
  if (!Array.isArray(list) || !list.every(isMember)) throw unusable('reason-definition-list', { name });
}

/** The code of the core type as a text, and figures that came as texts, as forms and other clients write them, as numbers. */
function toV2(hardware: Hardware): void {
  hardware.coreType = coreTypeOf(hardware) ?? hardware.coreType;
  for (const name of ['coresPerSlot', 'slots', 'walltime'] as const) {
    const figure: unknown = hardware[name];
    if (typeof figure === 'string' && /^\s*\d{1,15}\s*$/.test(figure)) hardware[name] = Number(figure);
  }
}

/** The code of the core type, however it is written; null when there is none. */
export function coreTypeOf({ coreType }: Pick<Hardware, 'coreType'>): string | null {
  const code: unknown = isRecord(coreType) ? coreType['code'] : coreType;
  return typeof code === 'string' && code !== '' ? code : null;
}

type Reason =
  | 'reason-definition-object'
  | 'reason-definition-tiles'
  | 'reason-definition-analysis'
  | 'reason-definition-hardware'
  | 'reason-definition-command'
  | 'reason-definition-value'
  | 'reason-definition-hidden'
  | 'reason-definition-environment'
  | 'reason-definition-list';

function unusable(key: Reason, values: ErrorTextValues = {}): RescaleError {
  return new RescaleError('RESCALE_INPUT', 'submit-definition', { reason: { key, values } });
}

/** Something that JSON does not carry as it is: where it stands, such as `jobanalyses[0].command`, and what it is. */
interface Unsendable {
  path: string;
  kind: string;
}

/** Nothing that the platform takes is nested deeper. */
const MOST_DEPTH = 64;

/**
 * The first part of a value that would be lost or changed on its way to the platform: a function, a Buffer, a Date, a circle.
 * Null when there is none. Whatever a message holds, it never throws.
 */
function findUnsendable(value: unknown): Unsendable | null {
  try {
    return unsendableAt(value, '', new Set());
  } catch {
    // A property that can't even be read.
    return { path: '', kind: 'unreadable' };
  }
}

function unsendableAt(value: unknown, path: string, above: Set<object>): Unsendable | null {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : { path, kind: String(value) };
  if (typeof value !== 'object') return { path, kind: typeof value };
  if (isSparse(value)) return { path, kind: 'sparse array' };
  if (above.has(value)) return { path, kind: 'circular' };
  if (above.size >= MOST_DEPTH) return { path, kind: 'nested' };
  const isList = Array.isArray(value);
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  // Objects that come out of a function node have another Object.
  const name = prototype?.constructor?.name;
  if (!isList && prototype !== null && name !== 'Object') {
    return { path, kind: typeof name === 'string' && name !== '' ? name : 'object' };
  }
  above.add(value);
  for (const [key, part] of Object.entries(value)) {
    const found = unsendableAt(part, isList ? `${path}[${key}]` : path ? `${path}.${key}` : key, above);
    if (found) return found;
  }
  above.delete(value);
  return null;
}
