import { RescaleError } from '../../api/errors/errors';
import { shortened } from '../../api/errors/shown-value';
import { reasonOf } from '../status/message-catalog';
import type { Message } from './definition';

/** A property that throws when it is read. */
interface Unreadable {
  /** Such as `variables.angle`; `*` where not even the names can be read. */
  property: string;
  reason: string;
}

/** The first property in a value, so many levels down, that throws; null where there is none. */
export function findUnreadable(value: unknown, levels: number, path = ''): Unreadable | null {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || levels === 0) return null;
  let property = path === '' ? '*' : path;
  try {
    for (const name of Object.keys(value)) {
      property = path === '' ? name : `${path}.${name}`;
      const inner = findUnreadable((value as Record<string, unknown>)[name], levels - 1, property);
      if (inner) return inner;
    }
    return null;
  } catch (error) {
    return { property: shortened(property), reason: shortened(reasonOf(error)) };
  }
}

/** Rejects with RESCALE_INPUT a `msg.rescale` that can't be read: every node reads it, and puts what it says of the result beside it. */
export function refuseUnreadable({ rescale }: Message): void {
  const found = findUnreadable(rescale, 2);
  if (found === null) return;
  const { property, reason } = found;
  throw new RescaleError('RESCALE_INPUT', 'input-unreadable', { field: `msg.rescale.${property}`, reason });
}
