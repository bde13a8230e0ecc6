import 'should';
import { isRescaleError } from '../../src/api/errors/errors';
import type { CoreType } from '../../src/api/client/types';
import { checkHardware } from '../../src/runs/jobs/catalog';
import type { Draft } from '../../src/runs/jobs/definition';
import { checkCost, estimateOf } from '../../src/runs/jobs/estimate';

const coreTypes = (price: number | string) =>
  new Map<string, CoreType>([['emerald', { code: 'emerald', cores: [4], price, lowPriorityPrice: 0.001 }]]);
const draftOf = (hardware: object, others: object = {}): Draft =>
  ({
    ...others,
    jobanalyses: [{ hardware: { coreType: 'emerald', coresPerSlot: 4, walltime: 1000, ...hardware } }],
  }) as unknown as Draft;

function refused(act: () => void): boolean {
  try {
    act();
    return false;
  } catch (error) {
    return isRescaleError(error) && error.code === 'RESCALE_INPUT';
  }
}

describe('The cost of a job', () => {
  for (const slots of [0, -3, 0.001, 'many', {}, [], false, '']) {
    it(`is not worked out with ${JSON.stringify(slots)} slots`, () => {
      refused(() => checkHardware(draftOf({ slots }), coreTypes(0.5))).should.be.true();
      refused(() => checkCost(estimateOf(draftOf({ slots: NaN }), coreTypes(0.5)), 10)).should.be.true();
    });
  }

  it('takes slots as numbers and as texts, and none for one', () => {
    for (const slots of [undefined, null, 2, '2']) {
      refused(() => checkHardware(draftOf({ slots }), coreTypes(0.5))).should.be.false();
    }
  });

  it('is the dearer one where a definition says both', () => {
    const both = { isLowPriority: true, billingPriorityValue: 'INSTANT' };
    estimateOf(draftOf({}, both), coreTypes(0.5)).should.have.property('amount', 2000);
    estimateOf(draftOf({}, { isLowPriority: true }), coreTypes(0.5)).should.have.property('amount', 4);
  });

  for (const price of [0, '0.00', 'free', '']) {
    it(`is not known from a price of ${JSON.stringify(price)}`, () => {
      refused(() => checkCost(estimateOf(draftOf({}), coreTypes(price)), 10)).should.be.true();
    });
  }
});
