import type { StateStore } from '../../runs/tasks/ports';
import type { Message, NodeHost, Storing } from '../definition/definition';
import { createDurableItems, noteBeginning, type Beginning, type DurableItem } from '../state/durable-items';
import { followWarnings } from '../state/durable-warnings';
import { unpackMessage } from '../state/stored-message';
import { followFormat, followProgressFormat, type FollowProgress, type StoredFollow } from './follow-format';

/** The place on disk of one follow. */
export interface FollowPlace {
  /** Never rejects: what can't be written is told to the user. */
  write(progress: FollowProgress): Promise<void>;
  /** Never rejects either: what stays on disk is taken up again. */
  remove(): Promise<void>;
}

/** A follow as it was found on disk. */
interface FoundFollow {
  key: string;
  stored: StoredFollow;
  message: Message;
  progress: FollowProgress;
  place: FollowPlace;
}

/** A follow that is being written for the first time. */
export interface BeginningFollow extends Storing {
  place: FollowPlace;
  /** Tries a first write that failed once more, of how far the follow is now. */
  again(): Storing;
}

/** Keeps the follows of one node in two items each: what it is, and how far. */
export function createFollowStore(
  host: Pick<NodeHost<never>, 'warn' | 'clock' | 'signal' | 'handedOver' | 'background' | 'connect'>,
  store: StateStore,
) {
  const follows = createDurableItems<StoredFollow>(host, store, {
    prefix: 'follow:',
    format: followFormat,
    warnings: followWarnings,
    isForeign: async ({ origin }) => origin !== (await host.connect()).origin,
    parts: ['follow-at:'],
  });
  const progresses = createDurableItems<FollowProgress>(host, store, {
    prefix: 'follow-at:',
    format: followProgressFormat,
    warnings: followWarnings,
  });

  function placeOf(what: DurableItem<StoredFollow>, far: DurableItem<FollowProgress>): FollowPlace {
    return {
      // Lines that are late are worse than lines that come twice after a restart on a full disk.
      write: async (progress) => void (await far.write(progress)),
      async remove() {
        if (await what.forget()) await far.forget();
      },
    };
  }

  return {
    /** Null when its message can't be kept; then it lives in memory only. */
    pack: (message: Message) => follows.pack(message),

    /** It is on disk, taken up or not. Rejects when that can't be told now: it must not be begun anew then. */
    stands: async (key: string): Promise<boolean> => (await follows.find(key)) !== null,

    begin(key: string, follow: StoredFollow, progress: FollowProgress): BeginningFollow {
      // First how far it is: what is found without it can't go on.
      const far = progresses.begin(key, progress);
      let what: Beginning<StoredFollow> | null = null;
      let over = false;

      function storing(first: Storing): Storing {
        let second: Storing | null = null;
        let given = false;
        async function storeBoth(): Promise<boolean> {
          if ((await first.stored) && !given && !over) {
            second = what?.again() ?? (what = follows.begin(key, follow));
            if (await second.stored) return true;
          }
          if (!over) await far.item.forget();
          return false;
        }
        const stored = storeBoth();
        noteBeginning(store, stored);
        return {
          stored,
          withdraw() {
            given = true;
            (second ?? first).withdraw();
          },
        };
      }

      return {
        place: {
          write: async (next) => void (await far.item.write(next)),
          async remove() {
            over = true;
            if ((await what?.item.forget()) ?? true) await far.item.forget();
          },
        },
        ...storing(far),
        again: () => storing(far.again()),
      };
    },

    /** Hands over everything that is on disk and not held by this node already. */
    takeUp(take: (found: FoundFollow) => void): Promise<void> {
      return follows.takeUp(async ({ item }) => {
        const far = await progresses.find(item.key);
        const message = unpackMessage(item.value.packed);
        if (!far || !message) return 'unreadable';
        if (far.recovered) host.warn({ key: 'follow-recovered' });
        const place = placeOf(item, far.item);
        take({ key: item.key, stored: item.value, message, progress: far.item.value, place });
        return undefined;
      });
    },
  };
}
