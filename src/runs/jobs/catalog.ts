import type { CallOptions, RescaleClient } from '../../api/client/client';
import type { CoreType, Project } from '../../api/client/types';
import { RescaleError } from '../../api/errors/errors';
import { shownValue } from '../../api/errors/shown-value';
import { coreTypeOf, type Draft } from './definition';

export const PAGE_SIZE = 300;
/** Choices that an error names before it says “…”. */
const NAMED = 8;

/** Hardware that is offered now, by its code. */
export async function readCoreTypes(
  client: RescaleClient,
  options: CallOptions,
): Promise<Map<string, CoreType>> {
  const coreTypes = new Map<string, CoreType>();
  for await (const page of client.listCoreTypes({ ...options, pageSize: PAGE_SIZE })) {
    for (const coreType of page.rows) coreTypes.set(coreType.code, coreType);
  }
  return coreTypes;
}

/** A core type by its code or its name, as a person writes it: case and spaces do not count. */
export function findCoreType(coreTypes: ReadonlyMap<string, CoreType>, wanted: string): CoreType | null {
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, '');
  const exact = coreTypes.get(wanted);
  if (exact) return exact;
  for (const coreType of coreTypes.values()) {
    if ([coreType.code, coreType.name ?? ''].some((name) => plain(name) === plain(wanted))) return coreType;
  }
  return null;
}

/** Rejects with RESCALE_INPUT hardware that the platform would refuse only after everything was uploaded. */
export function checkHardware(draft: Draft, coreTypes: ReadonlyMap<string, CoreType>): void {
  for (const { hardware } of draft.jobanalyses) {
    const wanted = coreTypeOf(hardware) ?? '';
    const coreType = coreTypes.get(wanted);
    if (!coreType) {
      throw new RescaleError('RESCALE_INPUT', 'submit-core-type', {
        coreType: wanted,
        choices: namedOf([...coreTypes.keys()]),
      });
    }
    const { coresPerSlot, slots, walltime } = hardware;
    if (slots !== undefined && slots !== null && !isWholeSlots(slots)) {
      throw new RescaleError('RESCALE_INPUT', 'submit-slots', { slots: shownValue(slots) });
    }
    if (!fits(coresPerSlot, coreType.cores)) {
      throw new RescaleError('RESCALE_INPUT', 'submit-cores', {
        cores: String(coresPerSlot),
        coreType: wanted,
        choices: (coreType.cores ?? []).join(', '),
      });
    }
    if (walltime !== undefined && walltime !== null && !isWholeHours(walltime)) {
      throw new RescaleError('RESCALE_INPUT', 'submit-walltime', { hours: String(walltime) });
    }
    if (coreType.walltimeRequired === true && typeof walltime !== 'number') {
      throw new RescaleError('RESCALE_INPUT', 'submit-walltime-needed', { coreType: wanted });
    }
  }
}

/** One of the numbers that are offered, or a multiple of the largest (docs/platform.md, "Making a job"). */
function fits(cores: number, offered: readonly number[] | undefined): boolean {
  if (!Number.isInteger(cores) || cores < 1) return false;
  if (!offered || offered.length === 0) return true;
  return offered.includes(cores) || cores % Math.max(...offered) === 0;
}

/** Some clients send it as text (docs/platform.md, "Making a job"). */
function isWholeSlots(slots: unknown): boolean {
  const count = typeof slots === 'string' && /^\d+$/.test(slots) ? Number(slots) : slots;
  return typeof count === 'number' && Number.isInteger(count) && count >= 1;
}

function isWholeHours(hours: unknown): boolean {
  return typeof hours === 'number' && Number.isSafeInteger(hours) && hours >= 1;
}

/** A project by its id or its name. Rejects with RESCALE_INPUT, naming those that the key may use. */
export async function findProject(
  client: RescaleClient,
  wanted: string,
  options: CallOptions,
): Promise<Project> {
  const projects: Project[] = [];
  for await (const page of client.listProjects({ ...options, pageSize: PAGE_SIZE }))
    projects.push(...page.rows);
  const found =
    projects.find(({ id }) => id === wanted) ?? projects.find(({ name }) => name?.trim() === wanted.trim());
  if (found) return found;
  const choices = namedOf(projects.map(({ name, id }) => name ?? id));
  throw new RescaleError('RESCALE_INPUT', 'submit-project', { project: shownValue(wanted), choices });
}

export function namedOf(choices: string[]): string {
  if (choices.length === 0) return '–';
  return choices.slice(0, NAMED).join(', ') + (choices.length > NAMED ? ', …' : '');
}
