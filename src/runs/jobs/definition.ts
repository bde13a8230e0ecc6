import { RescaleError } from '../../api/errors/errors';
import type { JobDefinition } from '../../api/client/types';

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
  }
  return structuredClone(value) as JobDefinition & { jobanalyses: Tile[] };
}

/** The code of the core type, however it is written; null when there is none. */
export function coreTypeOf({ coreType }: Pick<Hardware, 'coreType'>): string | null {
  const code: unknown = isRecord(coreType) ? coreType['code'] : coreType;
  return typeof code === 'string' && code !== '' ? code : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Reason =
  | 'reason-definition-object'
  | 'reason-definition-tiles'
  | 'reason-definition-analysis'
  | 'reason-definition-hardware'
  | 'reason-definition-command';

function unusable(key: Reason): RescaleError {
  return new RescaleError('RESCALE_INPUT', 'submit-definition', { reason: { key } });
}
