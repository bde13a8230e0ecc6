import { EventEmitter, once } from 'node:events';
import 'should';
import type { Page, RescaleClient } from '../../src/api/client/client';
import type { ErrorText } from '../../src/api/errors/errors';
import { clientOf, failure, json, run, type Answer } from './scripted-server';
import { client, newForEach, server } from './client-setup';
import { INVALID_PAGE, ids, list, read } from './paging-setup';

/** Pages that a list is read ahead. */
const PAGES_AHEAD = 7;

describe('Lists that move or have no end', () => {
  newForEach();

  describe('whose rows move between pages while they are read leave no row out', () => {
    /** A list of which `change` alters the rows right before the so-manieth answer. */
    function moving(rows: string[], at: number, largest: number, change: (rows: string[]) => void): Answer {
      let requests = 0;
      return (request, response) => {
        const query = new URL(request.url!, 'http://x').searchParams;
        const [wanted, asked] = [Number(query.get('page')), Number(query.get('page_size'))];
        const size = Math.min(asked, largest);
        requests += 1;
        if (requests === at) change(rows);
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
    type List = (client: RescaleClient, pageSize: number) => AsyncGenerator<Page<{ id: string }>>;
    const lists: Record<string, List> = {
      runs: (one, pageSize) => one.listRuns('X', { pageSize }),
      jobs: (one, pageSize) => one.listJobs({ pageSize }),
      'files of a run': (one, pageSize) => one.listRunFiles('X', '1', { pageSize }),
      'files of a job': (one, pageSize) => one.listJobFiles('X', { pageSize }),
    };
    /** So many rows, asked for in pages of this size, of a platform that gives pages of this size at most. */
    const sizes: [total: number, pageSize: number, largest: number][] = [
      [35, 10, 1000],
      [35, 100, 10],
      [35, 10, 10],
      [2500, 1000, 1000],
    ];
    for (const [what, change] of Object.entries(changes)) {
      it(`when ${what}`, async () => {
        for (const [name, of] of Object.entries(lists)) {
          for (const [total, pageSize, largest] of name === 'runs' ? sizes : sizes.slice(0, 2)) {
            for (const at of [2, 3]) {
              const rows = ids(total);
              server.answer(moving(rows, at, largest, change));
              const met: string[] = [];
              for await (const page of of(client, pageSize)) met.push(...page.rows.map(({ id }) => id));
              const about = `${name}, ${total} in ${pageSize} of ${largest}, at request ${at}`;
              const stayed = rows.filter((id) => /^\d+$/.test(id));
              stayed.filter((id) => !met.includes(id)).should.eql([], about);
              new Set(met).size.should.equal(met.length, about);
            }
          }
        }
      });
    }

    it('and cost no request more when nothing moves', async () => {
      server.answer(list({ total: 35 }));
      await read(client.listRuns('X', { pageSize: 10 }));
      server.asked.length.should.equal(2);
      await read(client.listRuns('X', { pageSize: 100 }));
      server.asked.length.should.equal(3);
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
      this.timeout(120_000);
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
    const listed = list({ total: 300, largest: 10 });
    server.answer((request, response) => {
      under += 1;
      most = Math.max(most, under);
      setTimeout(() => {
        under -= 1;
        listed(request, response);
      }, 20);
    });
    const pages = client.listRuns('X', { pageSize: 100 });
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
    const listed = list({ total: 300, largest: 10 });
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
    for await (const page of client.listRuns('X', { pageSize: 100 })) {
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
});
