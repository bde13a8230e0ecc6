import 'should';
import { joinSharedKey } from '../../src/runtime/platform/shared-keys';

describe('platforms on the same origin and key', () => {
  let key = 0;
  /** A key that no other test has used. */
  const fresh = () => `key-${(key += 1)}`;

  it('share their budget, and nobody else does', () => {
    const token = fresh();
    const one = joinSharedKey('https://a', token, 1);
    const two = joinSharedKey('https://a', token, 2);
    const otherKey = joinSharedKey('https://a', fresh(), 1);
    const otherOrigin = joinSharedKey('https://b', token, 1);
    two.budget.should.equal(one.budget);
    otherKey.budget.should.not.equal(one.budget);
    otherOrigin.budget.should.not.equal(one.budget);
    for (const member of [one, two, otherKey, otherOrigin]) member.leave();
  });

  it('find their budget as it was after a redeploy, with its pause', () => {
    const token = fresh();
    const before = joinSharedKey('https://a', token, 1);
    const until = Date.now() + 60_000;
    before.budget.pause('jobs', 60_000);
    before.leave();
    const after = joinSharedKey('https://a', token, 1);
    after.budget.should.equal(before.budget);
    after.budget.pausedUntil!.should.be.approximately(until, 1_000);
    after.leave();
  });
});
