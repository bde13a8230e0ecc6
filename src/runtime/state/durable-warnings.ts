import type { ErrorTextKey } from '../../api/errors/texts/error-texts';
import { RescaleError, type ErrorCode, type ErrorText } from '../../api/errors/errors';
import type { StateStore } from '../../runs/tasks/ports';
import type { NodeHost } from '../definition/definition';
import { jobsNamed } from './state-file';

/** What the user is told when an item can't be kept, or is found otherwise than it was left: the keys of sentences. */
export interface DurableWarnings {
  /** There is no place for files. */
  notDurable: ErrorTextKey;
  /** Its message can't be written (`why`). */
  inMemory: ErrorTextKey;
  /** A new item could not be written (`reason`). */
  notStored: ErrorTextKey;
  /** A change could not be written (`reason`). */
  notWritten: ErrorTextKey;
  /** One that is over could not be removed (`reason`). */
  notRemoved: ErrorTextKey;
  /** The newest copy was damaged. */
  recovered: ErrorTextKey;
  /** They belong to another platform (`count`). Told as an error, as well. */
  foreign: ErrorTextKey;
  /** No copy can be made sense of (`count`, `places`). Told as an error, so that Catch hears of it. */
  unreadable: ErrorTextKey;
  /** Beside the items there is a file that has no name of one (`file`). */
  strange: ErrorTextKey;
  /** They can't be read at the moment (`count`). */
  unread: ErrorTextKey;
  /** Not even which there are can be told (`reason`). */
  folder: ErrorTextKey;
}

/** For what has no sentences of its own. */
export const stateWarnings: DurableWarnings = {
  notDurable: 'state-not-durable',
  inMemory: 'state-in-memory',
  notStored: 'state-not-stored',
  notWritten: 'state-not-stored',
  notRemoved: 'state-not-removed',
  recovered: 'state-recovered',
  foreign: 'state-foreign',
  unreadable: 'state-unreadable',
  strange: 'state-strange',
  unread: 'state-unread',
  folder: 'state-folder-unread',
};

export const waitWarnings: DurableWarnings = {
  notDurable: 'wait-not-durable',
  inMemory: 'wait-in-memory',
  notStored: 'wait-not-stored',
  notWritten: 'wait-not-stored',
  notRemoved: 'wait-not-removed',
  recovered: 'wait-recovered',
  foreign: 'wait-foreign',
  unreadable: 'wait-unreadable',
  strange: 'state-strange',
  unread: 'state-unread',
  folder: 'state-folder-unread',
};

export const followWarnings: DurableWarnings = {
  notDurable: 'follow-not-durable',
  inMemory: 'follow-in-memory',
  notStored: 'follow-not-stored',
  notWritten: 'follow-progress-not-stored',
  notRemoved: 'follow-not-removed',
  recovered: 'follow-recovered',
  foreign: 'follow-foreign',
  unreadable: 'follow-unreadable',
  strange: 'state-strange',
  unread: 'state-unread',
  folder: 'state-folder-unread',
};

type Listener = Pick<NodeHost<never>, 'warn'> & Partial<Pick<NodeHost<never>, 'report'>>;

interface Notices {
  tell: (text: keyof DurableWarnings, values?: ErrorText['values']) => void;
  /** Once until it is over: on a full disk every write fails. */
  tellOnce: (text: keyof DurableWarnings, values?: ErrorText['values']) => void;
  isOver: (text: keyof DurableWarnings) => void;
  /** Whoever waits for what comes of them must hear that nothing will: through Catch, where the node has one. Each once. */
  tellUnreadable: (places: string[]) => void;
  /** The same of those that were dropped because the node has another platform now. */
  tellForeign: (count: number) => void;
}

/** Tells the user of the items of a store. */
export function createNotices(host: Listener, store: StateStore, warnings: DurableWarnings): Notices {
  const told = new Set<string>();
  const tell: Notices['tell'] = (text, values = {}) => host.warn({ key: warnings[text], values });
  const fail = (text: keyof DurableWarnings, code: ErrorCode, values: ErrorText['values']) => {
    if (host.report) host.report(new RescaleError(code, warnings[text], values));
    else tell(text, values);
  };
  return {
    tell,
    tellOnce(text, values) {
      if (told.has(text)) return;
      told.add(text);
      tell(text, values);
    },
    isOver: (text) => void told.delete(text),
    tellUnreadable(all) {
      const places = untold(store, all);
      if (places.length === 0) return;
      fail('unreadable', 'RESCALE_PROTOCOL', { count: places.length, places: listed(places) });
    },
    tellForeign(count) {
      if (count > 0) fail('foreign', 'RESCALE_CONFIG', { count });
    },
  };
}

/** What the user was told of in this process, by store: each deploy would say it again. */
const toldPlaces = new WeakMap<StateStore, Set<string>>();

/** The places that the user has not been told of; now they count as told. */
export function untold(store: StateStore, places: string[]): string[] {
  const told = toldPlaces.get(store) ?? new Set();
  toldPlaces.set(store, told);
  const left = places.filter((place) => !told.has(place));
  for (const place of left) told.add(place);
  return left;
}

/** Its key, and the job and run that it names. */
export function describeItem(key: string, stored: unknown): string {
  return [key, ...jobsNamed(JSON.stringify(stored)).slice(0, 1)].join(' ');
}

/** Of many places so many are named. */
const NAMED = 20;

function listed(places: string[]): string {
  return [...places.slice(0, NAMED), ...(places.length > NAMED ? ['…'] : [])].join(', ');
}
