import type { KeptDeadline } from '../../runs/tasks/deadline';
import type { StateStore } from '../../runs/tasks/ports';
import type { Message, NodeHost, Storing } from '../definition/definition';
import { createDurableItems, noteFirstWrite, type NewItem, type DurableItem } from '../state/durable-items';
import { followWarnings } from '../state/durable-warnings';
import { unpackMessage } from '../state/stored-message';
import { followFormat, followProgressFormat, type FollowProgress, type StoredFollow } from './follow-format';

/** Writes and removes what is stored of one follow. */
export interface FollowStorage {
  /** Never rejects: what can't be written is told to the user. */
  write(progress: FollowProgress): Promise<void>;
  /** The same. */
  keepDeadline(deadline: KeptDeadline): Promise<void>;
  /** Never rejects either: what stays on disk is taken up again. */
  remove(): Promise<void>;
}

/** A follow as it was found on disk. */
interface FoundFollow {
  key: string;
  stored: StoredFollow;
  message: Message;
  progress: FollowProgress;
  storage: FollowStorage;
}

/** A follow that is being written for the first time. */
export interface NewFollow extends Storing {
  storage: FollowStorage;
  /** Tries a first write that failed once more, of how far the follow is now. */
  retry(): Storing;
}

/** Keeps the follows of one node in two items each: what it is, and how far. */
export function createFollowStore(
  host: Pick<NodeHost<never>, 'warn' | 'clock' | 'signal' | 'handedOver' | 'background' | 'connect'>,
  store: StateStore,
) {
  /** What can be gone on from was looked for before (`isStored`). */
  const recurs = () => {};
  const follows = createDurableItems<StoredFollow>(host, store, {
    prefix: 'follow:',
    format: followFormat,
    warnings: followWarnings,
    isForeign: async ({ origin }) => origin !== (await host.connect()).origin,
    parts: ['follow-at:'],
    recurs,
  });
  const progresses = createDurableItems<FollowProgress>(host, store, {
    prefix: 'follow-at:',
    format: followProgressFormat,
    warnings: followWarnings,
    arePart: true,
    recurs,
  });

  function storageOf(
    followItem: DurableItem<StoredFollow>,
    progressItem: DurableItem<FollowProgress>,
  ): FollowStorage {
    return {
      // Lines that are late are worse than lines that come twice after a restart on a full disk.
      write: async (progress) => void (await progressItem.write(progress)),
      keepDeadline: async (deadline) => void (await followItem.write({ ...followItem.value, deadline })),
      async remove() {
        if (await followItem.remove()) await progressItem.remove();
      },
    };
  }

  return {
    /** Null when its message can't be kept; then it lives in memory only. */
    pack: (message: Message) => follows.pack(message),

    /**
     * It is on disk, resumed or not, and can be gone on from. Rejects when that can't be told now: it must not be started a second
     * time then.
     */
    async isStored(key: string): Promise<boolean> {
      const found = await follows.find(key);
      if (!found || !unpackMessage(found.item.value.packed)) return false;
      return (await progresses.find(key)) !== null;
    },

    create(key: string, follow: StoredFollow, progress: FollowProgress): NewFollow {
      // First how far it is: what is found without it can't go on.
      const progressItem = progresses.create(key, progress);
      let followItem: NewItem<StoredFollow> | null = null;
      let removed = false;

      function storing(first: Storing): Storing {
        let second: Storing | null = null;
        let withdrawn = false;
        async function storeBoth(): Promise<boolean> {
          if ((await first.stored) && !withdrawn && !removed) {
            second = followItem?.retry() ?? (followItem = follows.create(key, follow));
            if (await second.stored) return true;
          }
          if (!removed) await progressItem.item.remove();
          return false;
        }
        const stored = storeBoth();
        noteFirstWrite(store, stored);
        return {
          stored,
          withdraw() {
            withdrawn = true;
            (second ?? first).withdraw();
          },
        };
      }

      return {
        storage: {
          write: async (next) => void (await progressItem.item.write(next)),
          async keepDeadline(deadline) {
            const item = followItem?.item;
            await item?.write({ ...item.value, deadline });
          },
          async remove() {
            removed = true;
            if ((await followItem?.item.remove()) ?? true) await progressItem.item.remove();
          },
        },
        ...storing(progressItem),
        retry: () => storing(progressItem.retry()),
      };
    },

    /** Hands over everything on disk that this node does not work on already. */
    resumeStored(take: (found: FoundFollow) => void): Promise<void> {
      return follows.resumeStored(async ({ item }) => {
        const progressItem = await progresses.find(item.key);
        const message = unpackMessage(item.value.packed);
        if (!progressItem || !message) return 'unreadable';
        if (progressItem.recovered) host.warn({ key: 'follow-recovered' });
        const storage = storageOf(item, progressItem.item);
        take({ key: item.key, stored: item.value, message, progress: progressItem.item.value, storage });
        return undefined;
      });
    },
  };
}
