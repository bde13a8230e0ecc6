import 'should';
import type { Page } from '../../src/api/client/client';
import type { Result } from '../../src/runtime/definition/definition';
import { emitList, type Emit, type ListOutput } from '../../src/runtime/results/lists';

interface Row {
  id: number;
}

/** Pages of rows with these ids, and how many of them were fetched. */
function source(...ids: number[][]) {
  const fetched: number[] = [];
  const pages = async function* (): AsyncGenerator<Page<Row>, void, undefined> {
    for (const [index, page] of ids.entries()) {
      fetched.push(index + 1);
      yield await Promise.resolve({
        page: index + 1,
        count: ids.flat().length,
        rows: page.map((id) => ({ id })),
        more: index < ids.length - 1,
      });
    }
  };
  return { pages: pages(), fetched };
}

async function emit(emitAs: Emit, pages: ListOutput<Row>['pages'], more: Partial<ListOutput<Row>> = {}) {
  const list = emitList<Row>({ emit: emitAs, limit: 0, pages, statusKey: 'runs', ...more });
  const results: Result[] = [];
  let step = await list.next();
  for (; !step.done; step = await list.next()) results.push(step.value);
  return { results, status: step.value };
}

const ids = (result: Result | undefined) => (result!.payload as Row[]).map(({ id }) => id);
const even = ({ id }: Row) => id % 2 === 0;

describe('lists', () => {
  describe('as one array', () => {
    it('hold all rows in the order that is asked for', async () => {
      const { results, status } = await emit('array', source([3, 1], [2]).pages, {
        compare: (one, other) => one.id - other.id,
      });
      results.should.have.length(1);
      ids(results[0]).should.deepEqual([1, 2, 3]);
      results[0]!.rescale!.should.deepEqual({ count: 3, returned: 3, truncated: false });
      results[0]!.should.not.have.property('parts');
      status.should.deepEqual({ key: 'runs', values: { count: 3 } });
    });

    it('are in doubt where the platform counts more than it shows', async () => {
      async function* pages() {
        yield await Promise.resolve({ page: 1, count: 5, rows: [{ id: 1 }, { id: 2 }], more: false });
      }
      const { status } = await emit('array', pages());
      status.should.deepEqual({ key: 'rows-of', values: { listed: 2, count: 5 }, kind: 'trouble' });
      (await emit('array', pages(), { limit: 2 })).status.should.have.property('key', 'runs');
      (await emit('array', pages(), { limit: 3 })).status.should.have.property('key', 'rows-of');
    });

    it('are an empty array where there is nothing', async () => {
      const { results } = await emit('array', source([]).pages);
      results.should.have.length(1);
      ids(results[0]).should.deepEqual([]);
      results[0]!.rescale!.should.deepEqual({ count: 0, returned: 0, truncated: false });
    });

    it('are filtered before the limit counts, and fetch no page beyond it', async () => {
      const { pages, fetched } = source([1, 2], [3, 4], [5, 6], [7, 8]);
      const { results } = await emit('array', pages, { limit: 2, filter: even });
      ids(results[0]).should.deepEqual([2, 4]);
      results[0]!.rescale!.should.deepEqual({ count: 8, returned: 2, truncated: true });
      fetched.should.deepEqual([1, 2]);
    });

    it('are not truncated by a limit that nothing is left beyond', async () => {
      const { results } = await emit('array', source([1, 2], [3]).pages, { limit: 3 });
      results[0]!.rescale!.should.have.property('truncated', false);
    });

    it('are truncated by a limit within the last page', async () => {
      const { results } = await emit('array', source([1, 2, 3]).pages, { limit: 2 });
      ids(results[0]).should.deepEqual([1, 2]);
      results[0]!.rescale!.should.have.property('truncated', true);
    });
  });

  describe('item by item', () => {
    it('say which item of how many each is, and what the next node works on', async () => {
      const { results } = await emit('each', source([1, 2], [3]).pages, {
        describe: ({ id }) => ({ runId: String(id) }),
      });
      results.map(({ runId }) => runId).should.deepEqual(['1', '2', '3']);
      const parts = results.map((result) => result.parts!);
      parts
        .map(({ index, count }) => [index, count])
        .should.deepEqual([
          [0, undefined],
          [1, undefined],
          [2, 3],
        ]);
      new Set(parts.map(({ id }) => id)).size.should.equal(1);
      results.map(({ rescale }) => rescale!.returned).should.deepEqual([1, 2, 3]);
    });

    it('come before the next but one page is fetched', async () => {
      const { pages, fetched } = source([1], [2], [3], [4]);
      const list = emitList<Row>({ emit: 'each', limit: 0, pages, statusKey: 'runs' });
      await list.next();
      fetched.should.deepEqual([1, 2]);
      await list.return({ key: 'done' });
    });

    it('are none where there is nothing', async () => {
      const { results, status } = await emit('each', source([1], [3]).pages, { filter: even });
      results.should.be.empty();
      status.should.deepEqual({ key: 'no-runs', kind: 'idle' });
    });

    it('end with the limit, and only the last says that it was cut', async () => {
      const { results } = await emit('each', source([1, 2], [3, 4]).pages, { limit: 3 });
      results.map(({ rescale }) => rescale!.truncated).should.deepEqual([false, false, true]);
      results[2]!.parts!.should.have.property('count', 3);
    });
  });

  describe('page by page', () => {
    it('leave out pages of which nothing is wanted', async () => {
      const { results } = await emit('page', source([1, 2], [3, 5], [6]).pages, { filter: even });
      results.map(ids).should.deepEqual([[2], [6]]);
      results
        .map(({ parts }) => [parts!.index, parts!.len, parts!.count])
        .should.deepEqual([
          [0, 2, undefined],
          [1, 2, 2],
        ]);
    });

    it('are one empty page where there is nothing', async () => {
      const { results } = await emit('page', source([]).pages);
      results.should.have.length(1);
      ids(results[0]).should.deepEqual([]);
      results[0]!.parts!.should.have.properties({ index: 0, count: 1, len: 2 });
    });
  });

  it('end the paging when nobody takes the next message', async () => {
    let ended = false;
    const pages = async function* (): AsyncGenerator<Page<Row>, void, undefined> {
      try {
        for (let page = 1; ; page += 1) {
          yield await Promise.resolve({ page, count: null, rows: [{ id: page }], more: true });
        }
      } finally {
        ended = true;
      }
    };
    const list = emitList<Row>({ emit: 'each', limit: 0, pages: pages(), statusKey: 'runs' });
    await list.next();
    await list.return({ key: 'done' });
    ended.should.be.true();
  });
});
