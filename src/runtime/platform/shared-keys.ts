import type { Budget } from '../../api/limits/budget';
import type { RescaleClient } from '../../api/client/client';
import { createBudget } from '../../api/limits/create-budget';
import type { Share } from '../definition/definition';

/**
 * What everybody on the same origin and token shares: how fast the key may ask, and things such as the poller. The
 * platform counts by key, not by who asks, so this has to outlive and span the platform nodes of one process.
 */
interface SharedKey {
  budget: Budget;
  members: Map<Membership, { rate: number; client: () => RescaleClient }>;
  things: Map<string, { close(): void }>;
  forget: NodeJS.Timeout | null;
}

/** One platform node's part in a shared key. */
export interface Membership {
  readonly budget: Budget;
  shared: Share;
  leave(): void;
}

const keys = new Map<string, SharedKey>();

/**
 * How long a budget is remembered after its last platform has gone, in milliseconds. A redeploy must not fill the
 * bucket again or forget that the platform asked to wait.
 */
const REMEMBERED = 10 * 60_000;

/** Joins the others on this origin and token. The lowest rate of all that are there wins; 0 = no limit. */
export function joinSharedKey(
  origin: string,
  token: string,
  rate: number,
  client: () => RescaleClient,
): Membership {
  const name = `${origin}\n${token}`;
  const key: SharedKey = keys.get(name) ?? {
    budget: createBudget({ rate }),
    members: new Map(),
    things: new Map(),
    forget: null,
  };
  keys.set(name, key);
  if (key.forget) clearTimeout(key.forget);
  key.forget = null;

  const membership: Membership = {
    budget: key.budget,
    shared: <Thing extends { close(): void }>(
      kind: string,
      create: (client: () => RescaleClient) => Thing,
    ) => {
      const thing = key.things.get(kind) ?? create(() => anyClient(key));
      key.things.set(kind, thing);
      return thing as Thing;
    },
    leave() {
      if (!key.members.delete(membership)) return;
      if (key.members.size > 0) {
        agreeOnRate(key);
        return;
      }
      for (const thing of key.things.values()) thing.close();
      key.things.clear();
      key.forget = setTimeout(() => keys.delete(name), REMEMBERED).unref();
    },
  };
  key.members.set(membership, { rate, client });
  agreeOnRate(key);
  return membership;
}

function agreeOnRate(key: SharedKey): void {
  const limits = [...key.members.values()].map((member) => member.rate).filter((rate) => rate > 0);
  key.budget.setRate(limits.length > 0 ? Math.min(...limits) : 0);
}

/** The client of a platform that is still there: the one that made a shared thing may be gone. */
function anyClient(key: SharedKey): RescaleClient {
  const [member] = key.members.values();
  if (!member) throw new Error('no platform is left that could ask');
  return member.client();
}
