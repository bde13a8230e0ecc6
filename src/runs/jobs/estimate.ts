import type { CoreType } from '../../api/client/types';
import { RescaleError, type ErrorText } from '../../api/errors/errors';
import { coreTypeOf, type Draft, type Hardware } from './definition';

/** What a job may cost at the most, by the listed prices: the platform tells no other figure (docs/platform.md, "Catalog"). */
export interface Estimate {
  /** Cores x hours x price, all tiles together, in the platform's currency. */
  amount: number;
  /** Cores of all slots, and hours, of the tile that has most of them. */
  cores: number;
  hours: number;
}

/** The estimate, or why there is none. */
export type Estimated = Estimate | { unknown: ErrorText };

export function estimateOf(draft: Draft, coreTypes: ReadonlyMap<string, CoreType>): Estimated {
  const total: Estimate = { amount: 0, cores: 0, hours: 0 };
  for (const { hardware } of draft.jobanalyses) {
    const cores = coresOf(hardware);
    const hours = hardware.walltime;
    if (typeof hours !== 'number') return { unknown: { key: 'reason-estimate-walltime' } };
    const coreType = coreTypeOf(hardware) ?? '';
    const price = priceOf(coreTypes.get(coreType), isLowPriority(draft));
    if (price === null) return { unknown: { key: 'reason-estimate-price', values: { coreType } } };
    total.amount += cores * hours * price;
    total.cores = Math.max(total.cores, cores);
    total.hours = Math.max(total.hours, hours);
  }
  return { ...total, amount: Math.round(total.amount * 100) / 100 };
}

/** Rejects with RESCALE_INPUT a job that may cost more than `limit`, or of which nobody knows what it may cost. 0 = no limit. */
export function checkCost(estimated: Estimated, limit: number): void {
  if (limit <= 0) return;
  if ('unknown' in estimated) {
    throw new RescaleError('RESCALE_INPUT', 'submit-no-estimate', { reason: estimated.unknown });
  }
  const { amount, cores, hours } = estimated;
  // What is no number is above every limit.
  if (!(amount <= limit))
    throw new RescaleError('RESCALE_INPUT', 'submit-too-dear', { amount, cores, hours, limit });
}

function coresOf({ coresPerSlot, slots }: Hardware): number {
  return Number(coresPerSlot) * Number(slots ?? 1);
}

/** Only where nothing says otherwise: of two prices that a definition may mean the dearer one counts. */
function isLowPriority(draft: Draft): boolean {
  const billing = draft['billingPriorityValue'];
  return draft['isLowPriority'] === true && (typeof billing !== 'string' || !/instant/i.test(billing));
}

/** Prices come as numbers or as texts. None, or a price of nothing, says nothing of what a job costs. */
function priceOf(coreType: CoreType | undefined, lowPriority: boolean): number | null {
  const listed = (lowPriority ? coreType?.lowPriorityPrice : null) ?? coreType?.price;
  const price = typeof listed === 'string' && listed.trim() !== '' ? Number(listed) : listed;
  return typeof price === 'number' && Number.isFinite(price) && price > 0 ? price : null;
}
