import should from 'should';
import type { Page } from '../../src/api/client/client';
import type { ErrorText } from '../../src/api/errors/errors';
import type { Run } from '../../src/api/client/types';
import { clientOf, failure, json, run, text } from './scripted-server';
import { client, newForEach, server } from './client-setup';
import { ids, list, read } from './paging-setup';

describe('Rows of lists', () => {
  newForEach();

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

  it('that can’t be read are told once to who polls, until there are more or fewer, and to each who asks', async () => {
    const told: unknown[] = [];
    const warned = clientOf(server, { warn: ({ values }) => told.push(values!['count']) });
    let odd = 1;
    server.answer(list({ total: 1, rows: (_page, rows) => [...rows, ...Array<object>(odd).fill([])] }));
    const look = async (jobId: string, priority?: 'poll') => {
      for await (const { rows } of warned.listRuns(jobId, priority && { priority }))
        rows.should.have.length(1);
    };
    for (let round = 0; round < 3; round += 1) await look('X', 'poll');
    await look('Y', 'poll');
    told.should.eql([1, 1]);
    odd = 2;
    for (let round = 0; round < 2; round += 1) await look('X', 'poll');
    told.should.eql([1, 1, 2]);
    for (let round = 0; round < 2; round += 1) await look('X');
    told.should.eql([1, 1, 2, 2, 2]);
  });

  for (const order of ['before', 'after'] as const)
    it(`are as their later copy is where a list has one twice, the stale one ${order} it`, async () => {
      const ended = {
        ...run('1'),
        dateStarted: '2026-01-01T00:00:00Z',
        dateCompleted: '2026-01-01T01:00:00Z',
      };
      const stale = { ...ended, dateCompleted: null };
      const rows = order === 'before' ? [stale, ended] : [ended, stale];
      server.answer(list({ total: 2, rows: () => [...rows, run('2')] }));
      for (const { value } of [
        await client.listRuns('X').next(),
        { value: await client.readRunsPage('X', 1) },
      ]) {
        const first = value!.rows.find(({ id }) => id === '1')!;
        first.should.have.property('dateCompleted', ended.dateCompleted);
        value!.rows
          .filter(({ id }) => id === '1')
          .every((row) => row === first)
          .should.be.true();
      }
      const uploads = ['2026-01-01T01:00:00Z', null].map((dateUploaded) => ({ id: 'f', dateUploaded }));
      if (order === 'before') uploads.reverse();
      server.answer(json({ count: 1, next: null, results: uploads }));
      for (const files of [client.listJobFiles('X'), client.listRunFiles('X', '1')]) {
        const { value } = await files.next();
        value!.rows.map(({ dateUploaded }) => dateUploaded).should.eql(['2026-01-01T01:00:00Z']);
      }
    });

  it('have the numbers and the yes and no that are written as texts', async () => {
    const texts = { type: '3', displayOrder: '7', outputFileCount: ' 12 ', isOptimal: 'False' };
    server.answer(list({ total: 1, rows: () => [{ ...run('1'), ...texts, parent: '4' }] }));
    const { value } = await client.listRuns('X').next();
    const read = { type: 3, displayOrder: 7, outputFileCount: 12, isOptimal: false, parent: '4' };
    value!.rows[0]!.should.containEql(read);
    value!.should.not.have.property('odd');
    server.answer(
      json({ count: '1', next: null, results: [{ id: 'f', typeId: '12', decryptedSize: '123' }] }),
    );
    const { value: files } = await client.listJobFiles('X').next();
    files!.rows[0]!.should.containEql({ typeId: 12, decryptedSize: 123 });
    should(files!.count).equal(1);
  });

  for (const none of ['0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1970-01-01 00:00:00', 'soon'])
    it(`have no date of an upload where it is ${none}`, async () => {
      server.answer(
        json({ count: 1, next: null, results: [{ id: 'f', dateUploaded: none, isDeleted: 'false' }] }),
      );
      const { value } = await client.listJobFiles('X').next();
      should(value!.rows).eql([{ id: 'f', dateUploaded: null, isDeleted: false }]);
    });

  it('have no value where the platform writes that a result is no number', async () => {
    const written = JSON.stringify({ count: 2, next: null, results: [run('1'), run('2')] });
    const values = ['NaN', '-Infinity'];
    server.answer(
      text(written.replace(/"value":20/g, () => `"value": ${values.shift()}, "note":"NaN, \\"Infinity"`)),
    );
    const { value } = await client.listRuns('X').next();
    value!.rows
      .map(({ variables: [variable] }) => variable)
      .should.eql(['1', '2'].map(() => ({ ...run('1').variables[0], value: null, note: 'NaN, "Infinity' })));
  });

  it('keep control characters that stand raw inside of their texts', async () => {
    const written = JSON.stringify({ count: 1, next: null, results: [run('1')] });
    server.answer(text(written.replace(/"value":20/g, () => '"value": 20, "note":"a\tb\\"\nc\u0001"')));
    const { value } = await client.listRuns('X').next();
    value!.rows[0]!.variables[0]!.should.eql({ ...run('1').variables[0], note: 'a\tb"\nc\u0001' });
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
