import fc from 'fast-check';
import 'should';
import type { PageMemory } from '../../src/api/client/client';
import { createPageMemory } from '../../src/api/endpoints/page-memory';
import { failure, json, run } from './scripted-server';
import { client, newForEach, server } from './client-setup';
import { ids, list, read, type Listed } from './paging-setup';

describe('Lists', () => {
  newForEach();

  it('come whole and in order: 1,000 runs in two requests, and handed on in pages of the size that was asked for', async () => {
    const requests: { page: number; size: number }[] = [];
    server.answer(list({ total: 1000 }, requests));
    const { pages, ids: got } = await read(client.listRuns('X'));
    got.should.deepEqual(ids(1000));
    requests.map(({ size }) => size).should.eql([100, 1000]);
    pages
      .map(({ page, rows, more }) => [page, rows.length, more])
      .should.eql(Array.from({ length: 10 }, (_, index) => [index + 1, 100, index < 9]));
  });

  it('come whole and in order: 2,500 runs in large pages, whose borders are looked at again', async () => {
    const requests: { page: number; size: number }[] = [];
    server.answer(list({ total: 2500 }, requests));
    const { pages, ids: got } = await read(client.listRuns('X', { pageSize: 300 }));
    got.should.deepEqual(ids(2500));
    pages.map(({ rows }) => rows.length).should.eql([...Array<number>(8).fill(300), 100]);
    const asked = requests.map(({ page, size }) => `${size} ${page}`);
    asked.slice(0, 2).should.eql(['300 1', '1000 1']);
    asked.slice(2, 4).sort().should.eql(['1000 2', '1000 3']);
    asked.slice(4).sort().should.eql(['1 1000', '1 2000']);
  });

  it('of many at once, all called off by one signal, cost it one listener', async () => {
    server.answer(list({ total: 3 }));
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 30 }, () => read(client.listRuns('X', { signal }))));
    await new Promise((turn) => setImmediate(turn));
    process.off('warning', note);
    warnings.should.be.empty();
  });

  it('come whole when the platform gives smaller pages than were asked for', async () => {
    const requests: { page: number; size: number }[] = [];
    server.answer(list({ total: 121, largest: 10 }, requests));
    const { pages, ids: got } = await read(client.listRuns('X'));
    got.should.deepEqual(ids(121));
    pages.map(({ page }) => page).should.deepEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    pages.every(({ count }) => count === 121).should.be.true();
    requests
      .slice(0, 13)
      .every(({ size }) => size === 100)
      .should.be.true();
    // The rows at the borders, to see whether any has moved.
    requests
      .slice(13)
      .map(({ page, size }) => [page, size])
      .should.eql(Array.from({ length: 12 }, (_, border) => [10 * (border + 1), 1]));
  });

  it('that are empty come as one empty page', async () => {
    server.answer(list({ total: 0 }));
    (await read(client.listRuns('X'))).pages.should.deepEqual([{ page: 1, count: 0, rows: [], more: false }]);
    server.asked.should.have.length(1);
  });

  describe('are read to their end whatever `next` says', () => {
    const nexts: [string, (page: number, last: number) => unknown][] = [
      ['null', () => null],
      ['""', () => ''],
      ['missing', () => undefined],
      ['a number', () => 7],
      ['a foreign host', (page) => `https://evil.example/api/v2/jobs/X/runs/?page=${page + 1}`],
      ['plain http', (page) => `http://platform.rescale.com/api/v2/jobs/X/runs/?page=${page + 1}`],
      ['other letter case', (page) => `HTTPS://Platform.Rescale.COM/API/v2/jobs/X/runs/?page=${page + 1}`],
      ['a path', (page) => `/api/jobs/X/runs/?page=${page + 1}`],
      ['a query', (page) => `?page=${page + 1}`],
      [
        'a lost page size',
        (page) => `https://platform.rescale.com/api/v2/jobs/X/runs/?page=${page + 1}&page_size=10`,
      ],
      ['the same page again', (page) => `?page=${page}`],
      ['a page far ahead', () => '?page=999999'],
      ['a page that is no number', () => '?page=two'],
      ['another job', (page) => `/api/v2/jobs/OTHER/runs/?page=${page + 1}`],
      ['a climb', (page) => `/api/v2/../../admin/?page=${page + 1}`],
      ['no address', () => 'http://['],
    ];
    for (const [name, next] of nexts) {
      for (const known of [true, false]) {
        it(`${name}, with ${known ? 'a' : 'no'} count`, async () => {
          const requests: { page: number; size: number }[] = [];
          const hides = !known && ['null', '""', 'missing', 'a number'].includes(name);
          server.answer(
            list(
              {
                total: 25,
                next: (page, last) => (page < last || name.startsWith('the same') ? next(page, last) : null),
                pastEnd: 'empty',
                ...(known ? {} : { count: undefined }),
              },
              requests,
            ),
          );
          const { ids: got } = await read(client.listRuns('X', { pageSize: 10 }));
          got.should.deepEqual(ids(hides ? 10 : 25));
          requests.every(({ size }) => size === 10 || size === 1000).should.be.true();
          server.asked.every((asked) => asked.startsWith('GET /api/v2/jobs/X/runs/?')).should.be.true();
        });
      }
    }

    it('whatever it is', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true }), fc.jsonValue()),
          fc.integer({ min: 0, max: 35 }),
          fc.boolean(),
          async (next, total, known) => {
            server.asked.length = 0;
            server.answer(
              list({
                total,
                next: (page, last) => (page < last ? next : null),
                ...(known ? {} : { count: null }),
              }),
            );
            const { ids: got } = await read(client.listRuns('X', { pageSize: 10 }));
            const leads = typeof next === 'string' && next.trim() !== '';
            got.should.deepEqual(ids(known || leads ? total : Math.min(10, total)));
            server.asked.every((asked) => asked.startsWith('GET /api/v2/jobs/X/runs/?')).should.be.true();
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  describe('read again and again with a memory', () => {
    const memory = createPageMemory();

    it('have the very same rows while the answer is the same, and new ones when it is not', async () => {
      let computed = 0;
      server.answer(
        list({ total: 3, rows: (_, rows) => rows.map((row) => ({ ...row, outputFileCount: computed })) }),
      );
      const options = { pageSize: 10, memory };
      const first = await client.readRunsPage('X', 1, options);
      (await client.readRunsPage('X', 1, options)).rows.should.equal(first.rows);
      const [whole] = (await read(client.listRuns('X', options))).pages;
      whole!.rows[2]!.should.equal(first.rows[2]);
      computed = 7;
      const changed = await client.readRunsPage('X', 1, options);
      changed.rows[2]!.outputFileCount.should.equal(7);
      changed.rows.should.not.equal(first.rows);
    });

    it('are not kept under cursors, of which there may be another one each time', async () => {
      let cursors = 0;
      const next = (page: number, last: number) => (page < last ? `?cursor=${(cursors += 1)}` : null);
      server.answer(list({ total: 30, count: null, next }));
      const kept = new Set<string>();
      const spy: PageMemory = {
        read(page, bytes, read) {
          kept.add(page);
          return memory.read(page, bytes, read);
        },
      };
      for (let time = 0; time < 3; time += 1) {
        await read(client.listRuns('X', { pageSize: 10, memory: spy }));
      }
      cursors.should.be.above(3);
      kept.size.should.equal(1);
    });

    it('tell pages apart that have the same rows, and keep nothing of an answer that is none', async () => {
      server.answer(list({ total: 25 }));
      const [one, two] = [1, 2].map((page) => client.readRunsPage('X', page, { pageSize: 10, memory }));
      (await one!).rows[0]!.id.should.equal('1');
      (await two!).rows[0]!.id.should.equal('11');
      server.answer(json({ detail: 'odd' }));
      const options = { pageSize: 10, memory: createPageMemory() };
      for (let time = 0; time < 2; time += 1) {
        (await failure(client.readRunsPage('X', 1, options))).code.should.equal('RESCALE_PROTOCOL');
      }
    });
  });

  describe('end at the first page that is', () => {
    it('empty, though `next` and `count` promise more', async () => {
      const next = (page: number) => `?page=${page + 1}`;
      server.answer(list({ total: 25, count: 400, next, pastEnd: 'empty' }));
      (await read(client.listRuns('X', { pageSize: 10 }))).ids.should.deepEqual(ids(25));
    });

    it('past the end, which the platform calls an invalid page', async () => {
      const next = (page: number) => `?page=${page + 1}`;
      server.answer(list({ total: 30, count: null, next }));
      (await read(client.listRuns('X', { pageSize: 10 }))).ids.should.deepEqual(ids(30));
    });

    it('past the end, when asked for alone', async () => {
      server.answer(list({ total: 30 }));
      (await client.readRunsPage('X', 9)).should.deepEqual({ page: 9, count: null, rows: [], more: false });
      const last = await client.readRunsPage('X', 3, { pageSize: 10 });
      last.rows.map(({ id }) => id).should.deepEqual(ids(30).slice(20));
      last.should.have.properties({ page: 3, count: 30, more: false });
      (await client.readRunsPage('X', 2, { pageSize: 10 })).more.should.be.true();
    });

    it('but a job that is gone is an error, also on a later page', async () => {
      server.answerInTurn(list({ total: 30 }), json({ detail: 'Not found.' }, 404));
      (await failure(read(client.listRuns('X', { pageSize: 10 })))).code.should.equal('RESCALE_NOT_FOUND');
    });
  });

  it('leave out rows that were on an earlier page', async () => {
    const rows = (page: number, own: object[]) => (page === 1 ? own : [run('1'), run('2'), ...own]);
    server.answer(list({ total: 25, rows }));
    (await read(client.listRuns('X', { pageSize: 10 }))).ids.should.deepEqual(ids(25));
  });

  it('may grow and shrink while they are read', async () => {
    const growing: Listed = { total: 30 };
    server.answer((request, response) => {
      growing.total += 5;
      list(growing)(request, response);
    });
    const { ids: got } = await read(client.listRuns('X', { pageSize: 10 }));
    got.length.should.be.aboveOrEqual(35);
    got.should.deepEqual(ids(got.length));

    const shrinking: Listed = { total: 95 };
    server.answer((request, response) => {
      list(shrinking)(request, response);
      shrinking.total = Math.max(20, shrinking.total - 20);
    });
    const { ids: left } = await read(client.listRuns('X', { pageSize: 10 }));
    left.length.should.be.aboveOrEqual(20);
    left.should.deepEqual(ids(left.length));
  });
});
