import 'should';
import { createEndpoint } from '../../src/api/endpoints/endpoint';
import { readDirectory } from '../../src/api/endpoints/directory';
import { readRun } from '../../src/api/endpoints/rows';
import { forEachInTurns, ownTurn } from '../../src/api/time/turns';
import { run } from './scripted-server';

describe('Turns of the event loop', () => {
  /** Counts them until it is stopped. */
  function turns() {
    const counted = { count: 0, stop: () => (going = false) };
    let going = true;
    const next = () => {
      counted.count += 1;
      if (going) setImmediate(next);
    };
    setImmediate(next);
    return counted;
  }

  it('are left to others between the pages of a long list that came at the same time', async () => {
    const page = (from: number) => {
      const results = Array.from({ length: 1000 }, (_, index) => run(String(from + index)));
      return Buffer.from(JSON.stringify({ count: 3000, next: null, results }));
    };
    const pages = [page(1), page(1001), page(2001)];
    const endpoint = createEndpoint({
      make: () => Promise.resolve({ bytes: pages.shift()!, status: 200 }),
      prefix: '/api/v2/',
      platform: 'it',
      token: 'f00dface',
    } as unknown as Parameters<typeof createEndpoint>[0]);
    const listing = endpoint.listing(
      { ...endpoint.job('X', 'runs/'), expected: 'Run[]' },
      readRun,
      ({ id }) => id,
    );
    const turn = turns();
    const readAt = await Promise.all(
      [1, 2, 3].map(async (number) => {
        (await listing.fetchPage({ page: number, page_size: 1000 }, undefined))!.rows.length.should.equal(
          1000,
        );
        return turn.count;
      }),
    );
    turn.stop();
    new Set(readAt).size.should.equal(3);
  });

  it('are left to others while a large directory is read, of which nothing is lost', async () => {
    const turn = turns();
    const entries = Array.from({ length: 300_000 }, (_, index) => ({ path: `f${index}`, resource: '/x' }));
    const list = await readDirectory([
      ...entries,
      entries[0],
      7,
      { path: 'q', resource: 'https://x/y?sig=1' },
    ]);
    turn.stop();
    turn.count.should.be.above(1);
    list.should.containEql({ dropped: 1, odd: 1 });
    list.rows.length.should.equal(300_001);
    list.rows.at(-1)!.should.eql({ path: 'q', resource: 'https://x/y' });
  });

  it('come when a piece takes too long, and not for a few items', async () => {
    const turn = turns();
    const visited: number[] = [];
    const wait = (until: number) => {
      while (performance.now() < until);
    };
    const items = Array.from({ length: 3_000 }, (_, index) => index);
    await forEachInTurns(items, (item) => {
      if (item % 1_000 === 0) wait(performance.now() + 15);
      visited.push(item);
    });
    visited.should.eql(items);
    turn.count.should.be.above(1);
    turn.stop();
    (ownTurn(100) === undefined).should.be.true();
  });
});
