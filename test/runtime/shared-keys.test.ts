import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import { joinSharedKey } from '../../src/runtime/platform/shared-keys';

const client = (name: string) => () => ({ origin: name }) as RescaleClient;

describe('platforms on the same origin and key', () => {
  let key = 0;
  /** A key that no other test has used. */
  const fresh = () => `key-${(key += 1)}`;

  it('share their budget and their things, and nobody else does', () => {
    const token = fresh();
    const one = joinSharedKey('https://a', token, 1, client('one'));
    const two = joinSharedKey('https://a', token, 2, client('two'));
    const otherKey = joinSharedKey('https://a', fresh(), 1, client('other'));
    const otherOrigin = joinSharedKey('https://b', token, 1, client('other'));
    two.budget.should.equal(one.budget);
    otherKey.budget.should.not.equal(one.budget);
    otherOrigin.budget.should.not.equal(one.budget);

    const make = () => ({ close: () => {} });
    const thing = one.shared('poller', make);
    two.shared('poller', make).should.equal(thing);
    one.shared('other', make).should.not.equal(thing);
    otherKey.shared('poller', make).should.not.equal(thing);
    for (const member of [one, two, otherKey, otherOrigin]) member.leave();
  });

  it('close what they share when the last has gone, and lend it a client until then', () => {
    const token = fresh();
    const one = joinSharedKey('https://a', token, 1, client('one'));
    const two = joinSharedKey('https://a', token, 1, client('two'));
    let closed = 0;
    const lent = one.shared('poller', (ask) => ({ origin: () => ask().origin, close: () => (closed += 1) }));
    lent.origin().should.equal('one');
    one.leave();
    one.leave();
    lent.origin().should.equal('two');
    closed.should.equal(0);
    two.leave();
    closed.should.equal(1);
    (() => lent.origin()).should.throw();
  });

  it('find their budget as it was after a redeploy, with its pause', () => {
    const token = fresh();
    const before = joinSharedKey('https://a', token, 1, client('one'));
    const until = Date.now() + 60_000;
    before.budget.pauseUntil(until);
    before.leave();
    const after = joinSharedKey('https://a', token, 1, client('one'));
    after.budget.should.equal(before.budget);
    after.budget.pausedUntil!.should.equal(until);
    after.leave();
  });
});
