import { RescaleError } from '../../api/errors/errors';
import { shownValue } from '../../api/errors/shown-value';
import type { Behaviour, Control, Message } from '../definition/definition';
import type { Fields, FieldValues } from '../fields/fields';
import { readField, type Input } from './node-instance';

/** Messages that ask for an action with `msg.action`. */

/** One that can't be read is none that is known, and is refused as such. */
export function hasAction(message: Message): boolean {
  try {
    return (message.action ?? null) !== null;
  } catch {
    return true;
  }
}

type Actions<Shape extends Fields> = NonNullable<Behaviour<FieldValues<Shape>>['actions']>;

/** Does what a message asks for. */
export async function act<Shape extends Fields>(
  input: Input,
  fields: Shape,
  actions: Actions<Shape>,
): Promise<void> {
  const { action } = input.message;
  const name = typeof action === 'string' ? action : '';
  if (!Object.hasOwn(actions, name)) throw unknownAction(action, Object.keys(actions));
  await actions[name]!(controlOf(input, fields, name));
}

function controlOf<Shape extends Fields>(
  { instance, message, trace }: Input,
  fields: Shape,
  action: string,
): Control<FieldValues<Shape>> {
  return {
    action,
    message,
    signal: instance.signal,
    trace,
    clock: instance.clock,
    read: (name) => readField(instance, String(name), fields[name]!, message) as never,
  };
}

function unknownAction(action: unknown, known: string[]): RescaleError {
  const actions = known.join(', ');
  if ((action ?? '') === '') return new RescaleError('RESCALE_INPUT', 'input-action-missing', { actions });
  return new RescaleError('RESCALE_INPUT', 'input-action', { value: shownValue(action), actions });
}
