import { EventEmitter, once } from 'node:events';
import fc from 'fast-check';
import should from 'should';
import type { Page, PageMemory, RescaleClient } from '../../src/api/client/client';
import { createPageMemory } from '../../src/api/endpoints/page-memory';
import type { ErrorText } from '../../src/api/errors/errors';
import type { Run } from '../../src/api/client/types';
import {
  clientOf,
  failure,
  json,
  run,
  startServer,
  text,
  type Answer,
  type ScriptedServer,
} from './scripted-server';

/** Pages that a list is read ahead. */
const PAGES_AHEAD = 7;

interface Listed {
  /** How many runs there are. */
  total: number;
  /** The most that a page holds, whatever was asked for. */
  largest?: number;
  next?: (page: number, last: number) => unknown;
  count?: unknown;
  rows?: (page: number, rows: object[]) => object[];
  pastEnd?: 'invalid' | 'empty';
}

const INVALID_PAGE = { detail: 'Invalid page.' };

/** Answers like the runs list of a job; `requests` collects the pages that were asked for. */
function list(listed: Listed, requests: { page: number; size: number }[] = []): Answer {
  return (request, response) => {
    const query = new URL(request.url!, 'http://x').searchParams;
    const page = Number(query.get('page') ?? '1');
    const size = Math.min(Number(query.get('page_size') ?? '10'), listed.largest ?? 1000);
    requests.push({ page, size: Number(query.get('page_size')) });
    const last = Math.max(1, Math.ceil(listed.total / size));
    const address = (number: number) => `http://${request.headers.host}/api/v2/jobs/X/runs/?page=${number}`;
    const rows: object[] = [];
    for (let id = (page - 1) * size + 1; id <= Math.min(page * size, listed.total); id += 1)
      rows.push(run(String(id)));
    if (page > last && (listed.pastEnd ?? 'invalid') === 'invalid')
      return json(INVALID_PAGE, 404)(request, response);
    const next = listed.next ? listed.next(page, last) : page < last ? address(page + 1) : null;
    return json({
      count: 'count' in listed ? listed.count : listed.total,
      next,
      previous: null,
      results: listed.rows ? listed.rows(page, rows) : rows,
    })(request, response);
  };
}

async function read(pages: AsyncGenerator<Page<Run>>): Promise<{ ids: string[]; pages: Page<Run>[] }> {
  const all: Page<Run>[] = [];
  for await (const page of pages) all.push(page);
  return { ids: all.flatMap((page) => page.rows.map(({ id }) => id)), pages: all };
}

const ids = (total: number) => Array.from({ length: total }, (_, index) => String(index + 1));

describe('Lists', () => {
  let server: ScriptedServer;
  let client: RescaleClient;

  beforeEach(async () => {
    server = await startServer();
    client = clientOf(server);
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('come whole and in order: 1,000 runs in 10 requests, and one that shows whether they moved', async () => {
    const requests: { page: number; size: number }[] = [];
    server.answer(list({ total: 1000 }, requests));
    (await read(client.listRuns('X'))).ids.should.deepEqual(ids(1000));
    requests.map(({ size }) => size).should.eql([...Array<number>(10).fill(100), 1000]);
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
    // The same again, to see whether rows have moved.
    requests.should.have.length(26);
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
      // The first pages, of either size.
      kept.size.should.equal(2);
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

  describe('whose rows move between pages while they are read leave no row out', () => {
    /** A list of which `change` alters the rows right before the answer to the given page is made, once. */
    function moving(rows: string[], page: number, change: (rows: string[]) => void): Answer {
      let changed = false;
      return (request, response) => {
        const query = new URL(request.url!, 'http://x').searchParams;
        const [wanted, size] = [Number(query.get('page')), Number(query.get('page_size'))];
        if (wanted === page && !changed) {
          changed = true;
          change(rows);
        }
        const from = (wanted - 1) * size;
        if (wanted > 1 && from >= rows.length) return json(INVALID_PAGE, 404)(request, response);
        const next = from + size < rows.length ? `?page=${wanted + 1}` : null;
        const results = rows.slice(from, from + size).map((id) => run(id));
        return json({ count: rows.length, next, results })(request, response);
      };
    }
    const changes: Record<string, (rows: string[]) => void> = {
      'a row of an earlier page goes': (rows) => void rows.splice(4, 1),
      'many rows of an earlier page go': (rows) => void rows.splice(0, 9),
      'a row comes before all others': (rows) => void rows.unshift('new'),
      'the order changes': (rows) => void rows.unshift(...rows.splice(-3)),
      'rows go and more come': (rows) => {
        rows.splice(2, 2);
        rows.push('x', 'y', 'z');
      },
      'one goes and another comes': (rows) => {
        rows.splice(2, 1);
        rows.push('x');
      },
      'as many go as come, here and there': (rows) => {
        rows.splice(0, 3);
        rows.splice(12, 0, 'x', 'y');
        rows.push('z');
      },
    };
    const lists: Record<string, (client: RescaleClient) => AsyncGenerator<Page<{ id: string }>>> = {
      runs: (one) => one.listRuns('X', { pageSize: 10 }),
      jobs: (one) => one.listJobs({ pageSize: 10 }),
      'files of a run': (one) => one.listRunFiles('X', '1', { pageSize: 10 }),
      'files of a job': (one) => one.listJobFiles('X', { pageSize: 10 }),
    };
    for (const [what, change] of Object.entries(changes)) {
      it(`when ${what}`, async () => {
        for (const [name, of] of Object.entries(lists)) {
          const rows = ids(35);
          server.answer(moving(rows, 2, change));
          const met: string[] = [];
          for await (const page of of(client)) met.push(...page.rows.map(({ id }) => id));
          rows.filter((id) => !met.includes(id)).should.eql([], name);
          new Set(met).size.should.equal(met.length, name);
        }
      });
    }

    it('and cost one request more when nothing moves, none where one page is all', async () => {
      server.answer(list({ total: 35 }));
      await read(client.listRuns('X', { pageSize: 10 }));
      server.asked.length.should.equal(5);
      await read(client.listRuns('X', { pageSize: 100 }));
      server.asked.length.should.equal(6);
    });

    it('and come all the same where pages so large are refused', async () => {
      const listed = list({ total: 35 });
      server.answer((request, response) =>
        request.url!.includes('page_size=1000')
          ? json({ page_size: ['Ensure this value is less than or equal to 100.'] }, 400)(request, response)
          : listed(request, response),
      );
      (await read(client.listRuns('X', { pageSize: 10 }))).ids.should.deepEqual(ids(35));
    });

    it('and are told odd once, however often they are read', async () => {
      const told: ErrorText[] = [];
      const warned = clientOf(server, { warn: (text) => told.push(text) });
      server.answer(list({ total: 25, rows: (page, rows) => (page === 1 ? [...rows.slice(1), {}] : rows) }));
      await read(warned.listRuns('X', { pageSize: 10 }));
      told.map(({ values }) => values!['count']).should.eql([1]);
      warned.close();
    });
  });

  describe('without end are an error, not a part of a list', () => {
    const endless = (count: unknown, row: (page: number, index: number) => string): Answer =>
      list({
        total: 1e9,
        count,
        next: (page) => `?page=${page + 1}`,
        rows: (page) => Array.from({ length: 10 }, (_, index) => run(row(page, index))),
      });

    it('when new rows come for ever', async function () {
      this.timeout(30_000);
      server.answer(endless(null, (page, index) => String(page * 10 + index)));
      const error = await failure(read(client.listRuns('X', { pageSize: 10 })));
      error.should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'protocol-list' });
    });

    it('when far more comes than was counted', async () => {
      server.answer(endless(20, (page, index) => String(page * 10 + index)));
      const error = await failure(read(client.listRuns('X', { pageSize: 10 })));
      error.should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'protocol-list' });
      server.asked.length.should.be.below(40);
    });

    it('when the same rows come again and again', async () => {
      server.answer(endless(null, (_page, index) => String(index)));
      (await failure(read(client.listRuns('X', { pageSize: 10 })))).code.should.equal('RESCALE_PROTOCOL');
      server.asked.length.should.be.below(10);
    });
  });

  it('follow a cursor when there are no page numbers', async () => {
    server.answer((request, response) => {
      const cursor = Number(new URL(request.url!, 'http://x').searchParams.get('cursor') ?? '0');
      const rows = [run(String(cursor * 2 + 1)), run(String(cursor * 2 + 2))];
      const next =
        cursor < 3 ? `https://other.example/api/v2/jobs/X/runs/?cursor=${cursor + 1}&page_size=3` : null;
      json({ count: 8, next, results: rows })(request, response);
    });
    (await read(client.listRuns('X'))).ids.should.deepEqual(ids(8));
  });

  it('are fetched several pages at a time, but not further ahead than they are read', async () => {
    let under = 0;
    let most = 0;
    const listed = list({ total: 300 });
    server.answer((request, response) => {
      under += 1;
      most = Math.max(most, under);
      setTimeout(() => {
        under -= 1;
        listed(request, response);
      }, 20);
    });
    const pages = client.listRuns('X', { pageSize: 10 });
    await pages.next();
    server.asked.should.have.length(1);
    await pages.next();
    (await pages.next()).value!.page.should.equal(3);
    await new Promise((resolve) => setTimeout(resolve, 150));
    server.asked.length.should.be.belowOrEqual(2 + PAGES_AHEAD);
    most.should.equal(PAGES_AHEAD);
    (await read(pages)).ids.should.deepEqual(ids(300).slice(30));
  });

  it('that are abandoned take back what is under way', async () => {
    const listed = list({ total: 300 });
    const under = PAGES_AHEAD - 1;
    let open = 0;
    let closed = 0;
    const events = new EventEmitter();
    server.answer((request, response) => {
      const page = Number(new URL(request.url!, 'http://x').searchParams.get('page'));
      if (page <= 2) return listed(request, response);
      response.on('close', () => {
        closed += 1;
        if (closed === under) events.emit('closed');
      });
      open += 1;
      if (open === under) events.emit('open');
      return undefined;
    });
    const allOpen = once(events, 'open');
    const allClosed = once(events, 'closed');
    for await (const page of client.listRuns('X', { pageSize: 10 })) {
      if (page.page === 1) continue;
      await allOpen;
      break;
    }
    await allClosed;
    open.should.equal(under);
  });

  it('end when the caller aborts', async () => {
    const controller = new AbortController();
    server.answer(list({ total: 200 }));
    const pages = client.listRuns('X', { pageSize: 10, signal: controller.signal });
    await pages.next();
    controller.abort();
    (await failure(pages.next())).code.should.equal('RESCALE_CLOSED');
  });

  it('are read as far as they can be, and it is told what can not', async () => {
    const told: ErrorText[] = [];
    const warned = clientOf(server, { warn: (text) => told.push(text) });
    server.answer(list({ total: 3, rows: (_page, rows) => [...rows, { name: 'no id' }, [7]] }));
    const pages: Page<Run>[] = [];
    for await (const page of warned.listRuns('X')) pages.push(page);
    pages.flatMap(({ rows }) => rows.map(({ id }) => id)).should.deepEqual(ids(3));
    pages.map(({ odd }) => odd).should.deepEqual([2]);
    told.map(({ key, values }) => [key, values!['count']]).should.deepEqual([['list-odd-rows', 2]]);
  });

  it('take a date that is none for none, so that no run counts as ended by it', async () => {
    server.answer(list({ total: 2, rows: (_page, rows) => [{ ...rows[0], dateCompleted: 5 }, rows[1]!] }));
    const { value } = await client.listRuns('X').next();
    value!.rows.should.have.length(2);
    should(value!.rows[0]!.dateCompleted).be.null();
    should(value!.odd).equal(1);
  });

  const ENDED = '2026-01-10T12:00:00.000Z';
  const dates: [unknown, string | null][] = [
    ...['', 'null', 'None', '-', '0000-00-00T00:00:00Z', '0001-01-01T00:00:00Z', 0, false, true, {}, []].map(
      (odd) => [odd, null] as [unknown, null],
    ),
    [Date.parse(ENDED), ENDED],
    [Date.parse(ENDED) / 1000, ENDED],
    ['10.01.2026 12:00', '10.01.2026 12:00'],
  ];
  for (const [odd, read] of dates) {
    it(`read ${JSON.stringify(odd)} as ${read ?? 'no date'}, in a list as for one run`, async () => {
      server.answer(list({ total: 1, rows: () => [run('1', { dateCompleted: odd })] }));
      should((await client.listRuns('X').next()).value!.rows[0]!.dateCompleted).equal(read);
      server.answer(json(run('1', { dateCompleted: odd })));
      should((await client.getRun('X', '1')).dateCompleted).equal(read);
    });
  }

  for (const odd of [null, 42, [], {}, { id: null }, { id: 1.5 }]) {
    it(`lose no page to a row that is ${JSON.stringify(odd)} and stands alone on it`, async () => {
      const rows = (_page: number, all: object[]) =>
        all.map((row) => ((row as { id: string }).id === '3' ? (odd as object) : row));
      server.answer(list({ total: 3, rows }));
      (await read(client.listRuns('X', { pageSize: 2 }))).ids.should.eql(['1', '2']);
    });
  }

  it('keep an id as it was written', async () => {
    server.answer(list({ total: 2, rows: (_page, rows) => [rows[0]!, { ...rows[1], id: 1e308 }] }));
    (await read(client.listRuns('X'))).ids.should.eql(['1', '1e+308']);
  });

  it('lose no row to one that goes between two pages while the list does not say how long it is', async () => {
    let gone = 0;
    const rows = (page: number) => {
      const all = ['1', '2', '3', '4', '5', '6'].slice(gone).map((id) => run(id));
      gone = 1;
      return all.slice(page * 2 - 2, page * 2);
    };
    server.answer(list({ total: 6, count: undefined, rows }));
    (await read(client.listRuns('X', { pageSize: 2 }))).ids.sort().should.eql(['1', '2', '3', '4', '5', '6']);
  });

  it('of which nothing can be read are refused', async () => {
    server.answer(json({ count: 1, next: null, results: [{ name: 'no id' }] }));
    (await failure(read(client.listRuns('X')))).should.have.properties({
      code: 'RESCALE_PROTOCOL',
      statusCode: 200,
    });
    for (const body of [{}, { results: null }, { results: {} }, [run('1')], 'x', null]) {
      server.answer(json(body));
      (await failure(read(client.listRuns('X')))).code.should.equal('RESCALE_PROTOCOL');
    }
  });

  it('keep ids that are numbers beyond 2^53 digit by digit', async () => {
    const rows =
      '{"id":123456789012345671,"name":"1234567890123456789 12","x":0.1234567890123456},{"id":123456789012345679}';
    server.answer(text(`{"count":2,"next":null,"results":[${rows}]}`));
    const { value } = await client.listRuns('X').next();
    value!.rows.map(({ id }) => id).should.deepEqual(['123456789012345671', '123456789012345679']);
    value!.rows[0]!.should.have.properties({ name: '1234567890123456789 12', x: 0.1234567890123456 });
  });

  it('let no row have a prototype of its own', async () => {
    server.answer(
      text('{"count":1,"next":null,"results":[{"id":"x","name":"a","__proto__":{"isDeleted":true}}]}'),
    );
    const { value } = await client.listRunFiles('X', '1').next();
    should(value!.rows[0]!.isDeleted).be.undefined();
    const escaped = '{"count":1,"next":null,"results":[{"id":"x","\\u005f_proto__":{"isOptimal":true}}]}';
    server.answer(text(escaped));
    const runs = await client.listRuns('X').next();
    Object.keys(runs.value!.rows[0]!).should.not.containEql('__proto__');
    should(structuredClone(runs.value!.rows[0]!).isOptimal).be.undefined();
  });
});
