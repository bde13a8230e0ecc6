import Papa from 'papaparse';
import should from 'should';
import { toCsv } from '../../../src/insight/table/csv';
import { toHtml } from '../../../src/insight/table/html';
import { toMarkdown } from '../../../src/insight/table/markdown';
import type { TableRow } from '../../../src/insight/table/row';
import { makeTable } from '../../../src/insight/table/table';

const labels = {
  input: 'Input',
  output: 'Output',
  correlation: 'Correlation',
  open: 'open',
  none: 'none yet',
  utc: 'Times are UTC.',
  noRank: '? = no number for a goal',
};
const table = (rows: TableRow[], goals: { name: string; goal: 'min' | 'max' }[] = []) =>
  makeTable(rows, {
    columns: [],
    goals,
    include: 'all',
    sort: '',
    descending: false,
    limit: 0,
    correlate: 'pearson',
    isInput: null,
  });

const MARKUP = '<img src=x onerror="alert(1)">&\'|*_`';

describe('a table as CSV', () => {
  it('has no cell and no heading that a spreadsheet takes for a formula', async () => {
    const texts = [
      '=1+1',
      '+A1',
      '-A1',
      '@SUM(A1)',
      '\t=1',
      '  =1',
      '\r=1',
      '＝1+1',
      '-1-1',
      '\v=1',
      '\u200b=1',
      '\ufeff@A1',
      '\u3000＋1',
    ];
    const csv = await toCsv(await table(texts.map((text) => ({ '=name': text }))));
    for (const line of Papa.parse<string[]>(csv).data) should(line[0]).startWith("'");
  });

  it('has numbers in full, and texts that are numbers as they are', async () => {
    const row = { a: -0.1234567890123, b: 1e-300, c: '-12.5e3', d: null, e: NaN, f: true, g: [1, 2] };
    should(await toCsv(await table([row]))).equal(
      'a,b,c,d,e,f,g\r\n-0.1234567890123,1e-300,-12.5e3,,,true,"[1,2]"',
    );
  });

  it('has nothing where a cell can’t be written', async () => {
    const circle: TableRow = {};
    circle.self = circle;
    const broken = { toJSON: () => JSON.parse('{') as unknown };
    const row = { a: circle, b: [10n], c: broken, d: new Date(NaN), e: 1 };
    should(await toCsv(await table([row]))).equal('a,b,c,d,e\r\n,,,,1');
  });

  it('keeps separators, quotes and line ends in a cell', async () => {
    const row = { a: 'x,"y"\r\nz' };
    should(Papa.parse(await toCsv(await table([row])), { header: true }).data).eql([row]);
  });
});

describe('a table as HTML', () => {
  it('has no markup but its own', async () => {
    const html = await toHtml(
      await table([{ run: MARKUP, [MARKUP]: MARKUP, state: MARKUP, link: `https://x/"${MARKUP}` }]),
      labels,
    );
    should(html).not.containEql('<img');
    should(html).not.match(/=\s*"[^"]*"[^\s>/]/);
  });

  it('has no control characters', async () => {
    should(await toHtml(await table([{ run: 'a\u0000\u0007b\u009f' }]), labels)).containEql('>ab<');
  });

  it('links web pages and nothing else', async () => {
    const html = await toHtml(
      await table([{ link: 'https://platform.example/jobs/a/' }, { link: 'javascript:alert(1)' }]),
      labels,
    );
    should(html).containEql('<a href="https://platform.example/jobs/a/"');
    should(html.match(/<a /g)).have.length(1);
  });

  it('carries its style in each cell, and shows the best row and the front', async () => {
    const html = await toHtml(
      await table(
        [
          { Cl: 1, Cd: 2 },
          { Cl: 0, Cd: 1 },
          { Cl: 0, Cd: 3 },
        ],
        [
          { name: 'Cl', goal: 'max' },
          { name: 'Cd', goal: 'min' },
        ],
      ),
      labels,
    );
    should(html).not.match(/<(style|script|link)|class=/);
    should(html.match(/<tr bgcolor=/g)).have.length(2);
    should(html.match(/<t[dh]\b(?![^>]*style=)/)).be.null();
  });

  it('says of a row whose numbers are missing that its rank is not known, as Markdown too', async () => {
    const open = await table([{ Cl: 1 }, { Cl: null }], [{ name: 'Cl', goal: 'max' }]);
    should((await toHtml(open, labels)).match(/>\?</g)).have.length(2);
    should(await toMarkdown(open, labels)).match(/\| {2}\| \? \| \? \|/);
    should(await toHtml(open, labels)).containEql(`>${labels.noRank}</p>`);
    should(await toMarkdown(open, labels)).containEql('\n\n? = no number for a goal\n');
  });

  it('has green for what succeeded alone: a run that failed has completed, too', async () => {
    const html = await toHtml(
      await table([
        { run: '1', state: 'completed', result: 'failed' },
        { run: '2', state: 'completed', result: null },
        { run: '3', state: 'completed', result: 'succeeded' },
      ]),
      labels,
    );
    should(html.match(/#00664a[^>]*>[^<]*/g)).eql(['#00664a;font-weight:bold">succeeded']);
  });

  it('says that its times are UTC, and says it of no others', async () => {
    const utc = await table([{ run: '1', started: '2026-01-10T08:00:00Z' }]);
    for (const text of [await toHtml(utc, labels), await toMarkdown(utc, labels)])
      should(text).containEql(labels.utc);
    const own = await table([{ run: '1', started: '2026-01-10 08:00' }]);
    should(await toHtml(own, labels)).not.match(/<p|UTC|\?/);
  });

  it('keeps a date on one line, shows links only where there are any, and says that there is no row yet', async () => {
    const html = await toHtml(
      await table([{ run: '1', started: '2026-01-10T08:00:00Z', link: null }]),
      labels,
    );
    should(html).match(/white-space:nowrap">2026-01-10 08:00:00</);
    should(html).not.match(/>link</);
    should(await toMarkdown(await table([{ run: '1', link: null }]), labels)).not.containEql('link');
    should(await toHtml(await table([]), labels)).containEql('>none yet<');
    should(await toMarkdown(await table([]), labels)).containEql('| none yet');
  });

  it('tells the correlations in a table of their own', async () => {
    const rows = Array.from({ length: 9 }, (_, index) => ({ x: index, y: 2 * index }));
    const correlated = await table(rows, [{ name: 'y', goal: 'max' }]);
    should(await toHtml(correlated, labels)).match(/Correlation[\s\S]*>1\.00</);
    should(await toMarkdown(correlated, labels)).containEql('| x | y | 1.00 | 9 |');
  });
});

describe('a table as Markdown', () => {
  it('has one line for each row, with everything escaped that has a meaning', async () => {
    const text = await toMarkdown(
      await table([{ run: 'a\nb|c', [MARKUP]: '[x](javascript:y)', n: 1.5 }]),
      labels,
    );
    const lines = text.trimEnd().split('\n');
    should(lines).have.length(3);
    should(lines[1]).equal('| --- | --- | ---: |');
    should(lines[2]).equal('| a b\\|c | \\[x\\](javascript:y) | 1.5 |');
    should(text).not.containEql('<img');
  });
});
