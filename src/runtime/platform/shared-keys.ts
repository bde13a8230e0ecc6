import type { Budget } from '../../api/limits/budget';
import { createBudget } from '../../api/limits/create-budget';
import { startTimer } from '../../api/errors/guard';

/**
 * What all platform nodes with the same origin and token share: the request budget. The platform counts by key, so this
 * outlives and spans the platform nodes of one process. It is all they share: each node has its own client, with its own
 * proxy, certificates, version and timeout, so that one that is broken or gone harms no other.
 */
interface SharedKey {
  budget: Budget;
  /** What each platform node allows, requests per second; null = the rates by scope, 0 = no limit. */
  rates: Map<Membership, number | null>;
  cancelRemoval: () => void;
}

/** One platform node's part in a shared key. */
export interface Membership {
  readonly budget: Budget;
  leave(): void;
}

const keys = new Map<string, SharedKey>();

/**
 * How long a budget is remembered after its last platform has gone, in milliseconds. A redeploy must not refill the
 * bucket or forget that the platform asked to wait.
 */
const BUDGET_LIFETIME = 10 * 60_000;

/**
 * Joins the others on this origin and token. The lowest rate of any of them limits all; null = the rates by scope, 0 = no
 * limit.
 */
export function joinSharedKey(origin: string, token: string, rate: number | null): Membership {
  const name = `${origin}\n${token}`;
  const key: SharedKey = keys.get(name) ?? {
    budget: createBudget({ rate }),
    rates: new Map(),
    cancelRemoval() {},
  };
  keys.set(name, key);
  key.cancelRemoval();

  const membership: Membership = {
    budget: key.budget,
    leave() {
      if (!key.rates.delete(membership)) return;
      if (key.rates.size > 0) applyRates(key);
      else key.cancelRemoval = startTimer(BUDGET_LIFETIME, () => keys.delete(name), { background: true });
    },
  };
  key.rates.set(membership, rate);
  applyRates(key);
  return membership;
}

function applyRates({ budget, rates }: SharedKey): void {
  budget.setRates([...rates.values()]);
}
