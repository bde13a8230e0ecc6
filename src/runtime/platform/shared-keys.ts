import type { Budget } from '../../api/limits/budget';
import { createBudget } from '../../api/limits/create-budget';
import { startTimer } from '../../api/errors/guard';

/**
 * What everybody on the same origin and token shares: how fast the key may ask. The platform counts by key, not by who
 * asks, so this outlives and spans the platform nodes of one process. It is all they share: each asks through a client
 * of its own, with its own proxy, certificates, version and timeout, so that one that is broken or gone harms no other.
 */
interface SharedKey {
  budget: Budget;
  /** What each platform node allows, requests per second; null = the rates by scope, 0 = no limit. */
  rates: Map<Membership, number | null>;
  keep: () => void;
}

/** One platform node's part in a shared key. */
export interface Membership {
  readonly budget: Budget;
  leave(): void;
}

const keys = new Map<string, SharedKey>();

/**
 * How long a budget is remembered after its last platform has gone, in milliseconds. A redeploy must not fill the
 * bucket again or forget that the platform asked to wait.
 */
const REMEMBERED = 10 * 60_000;

/**
 * Joins the others on this origin and token. The lowest rate that any of them gives bounds all; null = the rates by scope, 0 = no
 * limit.
 */
export function joinSharedKey(origin: string, token: string, rate: number | null): Membership {
  const name = `${origin}\n${token}`;
  const key: SharedKey = keys.get(name) ?? { budget: createBudget({ rate }), rates: new Map(), keep() {} };
  keys.set(name, key);
  key.keep();

  const membership: Membership = {
    budget: key.budget,
    leave() {
      if (!key.rates.delete(membership)) return;
      if (key.rates.size > 0) agreeOnRate(key);
      else key.keep = startTimer(REMEMBERED, () => keys.delete(name), { background: true });
    },
  };
  key.rates.set(membership, rate);
  agreeOnRate(key);
  return membership;
}

function agreeOnRate({ budget, rates }: SharedKey): void {
  budget.setRates([...rates.values()]);
}
