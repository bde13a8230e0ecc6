import { safeParse, type GenericSchema } from 'valibot';

/**
 * What one kind of stored item looks like. Whoever changes the schema so that what is on disk no longer fits adds a
 * migration, and a test with an item as the version before wrote it: after an update of the package a stored wait,
 * follow or watch must go on.
 */
export interface StoredFormat<Value> {
  schema: GenericSchema<unknown, Value>;
  /** The first lifts version 1, which has no `version` of its own, to version 2, and so on. Pure. */
  migrations: readonly StoredMigration[];
}

type StoredMigration = (stored: Record<string, unknown>) => Record<string, unknown>;

/** `damaged`: what is stored is not such an item. `later`: a later version of this package wrote it. */
type StoredReading<Value> = { value: Value; unreadable: null } | { unreadable: 'damaged' | 'later' };

/** The version that is written now. */
export function currentVersion(format: Pick<StoredFormat<unknown>, 'migrations'>): number {
  return 1 + format.migrations.length;
}

/** The item as this version of the package has it. Never throws: state is a file that anything may have happened to. */
export function readStored<Value>(format: StoredFormat<Value>, stored: unknown): StoredReading<Value> {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored))
    return { unreadable: 'damaged' };
  const { version = 1, ...rest } = stored as Record<string, unknown>;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return { unreadable: 'damaged' };
  if (version > currentVersion(format)) return { unreadable: 'later' };
  try {
    const lifted = format.migrations.slice(version - 1).reduce((older, migrate) => migrate(older), rest);
    const read = safeParse(format.schema, lifted);
    return read.success ? { value: read.output, unreadable: null } : { unreadable: 'damaged' };
  } catch {
    // A migration met something that its version never wrote.
    return { unreadable: 'damaged' };
  }
}

/** The item as it is written. */
export function toStored<Value extends object>(
  format: StoredFormat<Value>,
  value: Value,
): Value & { version: number } {
  return { ...value, version: currentVersion(format) };
}
