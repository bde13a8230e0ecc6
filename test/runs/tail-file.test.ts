import 'should';
import { readDirectory } from '../../src/runs/reading/directory';
import { tailFile, type TailRequest } from '../../src/runs/lines/tail-file';
import { encode } from '../support/encode';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

const LOG = 'Time = 1\n\nTime = 2\r\nÜber Grenze\nTime = 3\n';
const LINES = ['Time = 1', '', 'Time = 2', 'Über Grenze', 'Time = 3'];
const every = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));

/** What a file that is not there yet is answered with. */
const LATE = [{ status: 404 }, { status: 404, html: true }, { status: 403, html: true }];

describe('the end of a file', () => {
  let place: RunsOnSimulator;
  const request: TailRequest = {
    jobId: 'calc',
    runId: '1',
    path: 'shared/log.solver',
    lines: 100,
    format: 'lines',
    finished: 'file',
    limitBytes: 16_777_216,
  };

  beforeEach(async () => {
    place = await runsOnSimulator();
    place.simulator.createJob({
      id: 'calc',
      runs: [
        {
          duration: null,
          files: [
            { path: 'shared/log.solver', content: LOG },
            { path: 'a/log', content: 'a\n' },
            { path: 'b/log', content: 'b\n' },
            { path: 'empty', content: '' },
          ],
        },
        { startsAt: null },
      ],
    });
    place.simulator.control('calc', {
      action: 'append',
      runId: '1',
      path: 'field.bin',
      text: every.toString('base64'),
      encoding: 'base64',
    });
  });
  afterEach(() => place.close());

  const tail = (changes: Partial<TailRequest> = {}) =>
    tailFile(place.client, { ...request, ...changes }, place.work());
  const content = async (changes: Partial<TailRequest> = {}) => (await tail(changes)).content;
  const end = () => {
    place.simulator.control('calc', { action: 'end-run', runId: '1' });
  };
  const settle = () => {
    end();
    place.simulator.advance(60);
  };

  const FORMS = [
    'shared/log.solver',
    'log.solver',
    './shared/log.solver',
    '/api/v2/jobs/calc/runs/1/tail/shared/log.solver',
    '/api/jobs/calc/runs/1/tail/shared%2Flog.solver',
    'user/user_Abc/output/job_calc/run1/log.solver',
  ];

  it('is read live while the run computes, whatever form its path has', async () => {
    for (const path of FORMS) {
      const result = await tail({ path });
      result.content.should.eql(LINES);
      result.source.should.equal('live');
      result.path.should.equal('shared/log.solver');
      result.fileType!.should.match(/text$/);
    }
  });

  it('is the same from the output file afterwards', async () => {
    settle();
    for (const path of FORMS) {
      const result = await tail({ path });
      result.content.should.eql(LINES);
      result.source.should.equal('file');
      result.path.should.equal('log.solver');
    }
  });

  it('has so many lines as were asked for, in each format', async () => {
    for (const before of [() => undefined, settle]) {
      before();
      (await content({ lines: 2 })).should.eql(LINES.slice(-2));
      (await content({ lines: 2, format: 'text' })).should.equal('Über Grenze\nTime = 3');
      (await content({ lines: 1, format: 'buffer' })).should.eql(Buffer.from('Time = 3\n'));
      (await content({ lines: null })).should.eql(LINES);
      (await content({ lines: null, format: 'text' })).should.equal(LINES.join('\n'));
      (await content({ lines: null, format: 'buffer' })).should.eql(Buffer.from(LOG));
      (await content({ path: 'empty' })).should.eql([]);
      (await content({ path: 'empty', lines: null, format: 'buffer' })).should.eql(Buffer.alloc(0));
    }
  });

  it('arrives byte for byte, live and finished', async () => {
    const whole = { path: 'field.bin', lines: null, format: 'buffer' } as const;
    ((await content(whole)) as Buffer).equals(every).should.be.true();
    settle();
    ((await content(whole)) as Buffer).equals(every).should.be.true();
  });

  it('is decoded as told, live and finished, and loses the mark of its byte order', async () => {
    const text = '\ufeff圧力 = 3\r\nソ能 \u0a0a\n\nend\n';
    const lines = ['圧力 = 3', 'ソ能 \u0a0a', '', 'end'];
    const files = {
      'utf-8': encode(text, 'utf-8'),
      'utf-16le': encode(text, 'utf-16le'),
      'utf-16be': encode(text, 'utf-16be'),
      shift_jis: encode(text.replace(/[\ufeff\u0a0a]/g, ''), 'shift_jis'),
    };
    for (const [encoding, bytes] of Object.entries(files)) {
      place.simulator.control('calc', {
        action: 'append',
        runId: '1',
        path: `log.${encoding}`,
        text: bytes.toString('base64'),
        encoding: 'base64',
      });
    }
    for (const before of [() => undefined, settle]) {
      before();
      for (const [encoding, bytes] of Object.entries(files)) {
        const right = encoding === 'shift_jis' ? lines.map((line) => line.replace('\u0a0a', '')) : lines;
        const file = { path: `log.${encoding}`, encoding };
        (await content(file)).should.eql(right);
        (await content({ ...file, lines: null })).should.eql(right);
        (await content({ ...file, lines: 3, format: 'text' })).should.equal(right.slice(1).join('\n'));
        (await content({ ...file, lines: 1 })).should.eql(['end']);
        (await content({ ...file, lines: null, format: 'buffer' })).should.eql(bytes);
        // What the mark at its start says counts.
        for (const told of encoding === 'shift_jis' ? [] : ['utf-8', 'utf-16', 'shift_jis']) {
          const other = { ...file, encoding: told };
          (await content(other)).should.eql(right, `${encoding} as ${told}`);
          (await content({ ...other, lines: null })).should.eql(right);
          (await content({ ...other, lines: 1 })).should.eql(['end']);
        }
      }
    }
  });

  it('is not a page that a gateway sends with 200 in place of the finished file', async () => {
    settle();
    for (const times of [1, 2]) {
      for (const lines of [100, 2, null]) {
        place.simulator.setFaults([{ method: 'GET', path: '/contents/$', html: true, times }]);
        (await content({ lines })).should.eql(lines === 2 ? LINES.slice(-2) : LINES);
      }
    }
  });

  it('is not what a gateway sends in place of the finished file and has its very size', async () => {
    settle();
    const [listed] = (await place.client.listRunFiles('calc', '1').next()).value!.rows.filter(
      ({ relativePath }) => relativePath === 'log.solver',
    );
    const body = '<html>'.padEnd(listed!.decryptedSize);
    for (const lines of [100, 2]) {
      place.simulator.setFaults([{ method: 'GET', path: '/contents/$', status: 200, body, times: 2 }]);
      (await content({ lines })).should.eql(LINES.slice(-lines));
    }
  });

  it('is no answer of a gateway to the whole file, whatever its form, and a file that looks like one is', async () => {
    const whole = { lines: null, path: 'shared/log.solver' } as const;
    const forms = [
      '{"status":"ok"}',
      '["x"]',
      'null',
      '',
      'Service unavailable',
      '\ufeff<!doctype html>\n<p>a</p>\n',
    ];
    forms.push('<?xml version="1.0"?>\n<a/>\n', '<!-- x -->\n<b>\n', `<html>\n${'<p>x</p>\n'.repeat(9_000)}`);
    for (const raw of forms) {
      place.simulator.setFaults([{ path: 'tail/shared/log.solver$', status: 200, body: raw }]);
      (await failureOf(tail(whole))).code.should.equal('RESCALE_PROTOCOL');
      if (raw === '') continue;
      const path = `looks${forms.indexOf(raw)}`;
      place.simulator.control('calc', { action: 'append', runId: '1', path, text: raw });
      ((await content({ lines: null, format: 'buffer', path })) as Buffer).toString().should.equal(raw);
    }
  });

  it('is waited for while it is listed and refused just after the end', async () => {
    end();
    place.simulator.setFaults(LATE.map((fault) => ({ method: 'GET', path: '/files/[^/]+/', ...fault })));
    (await content({ lines: null })).should.eql(LINES);
  });

  it('waits in the gap between the end of a run and its files', async () => {
    end();
    const work = place.work();
    const result = await tailFile(place.client, request, work);
    result.content.should.eql(LINES);
    result.source.should.equal('file');
    work.facts.map(({ doing }) => doing).should.containEql('awaiting-files');
  });

  it('fails when told, once the run has ended, and before it has started', async () => {
    (await failureOf(tail({ runId: '2' }))).code.should.equal('RESCALE_NOT_ACTIVE');
    settle();
    const error = await failureOf(tail({ finished: 'error' }));
    error.code.should.equal('RESCALE_NOT_ACTIVE');
    error.message.should.match(/has ended/);
  });

  it('says which file is missing, live and finished, and which run', async () => {
    (await failureOf(tail({ path: 'nowhere' }))).message.should.equal(
      'Run 1 of job calc has no file nowhere. The list directory node shows those it has.',
    );
    (await failureOf(tail({ runId: '8' }))).code.should.equal('RESCALE_NOT_FOUND');
    settle();
    const error = await failureOf(tail({ path: 'nowhere' }));
    error.code.should.equal('RESCALE_NOT_FOUND');
    error.message.should.match(/no output file nowhere/);
  });

  it('does not guess among several files that fit', async () => {
    for (const before of [() => undefined, settle]) {
      before();
      const error = await failureOf(tail({ path: 'log' }));
      error.code.should.equal('RESCALE_INPUT');
      error.message.should.match(/a\/log, b\/log/);
    }
  });

  it('refuses a path that leaves the working directory or belongs to another run', async () => {
    for (const path of ['../secret', 'a/../../b', '/', 'a\nb', '/api/v2/jobs/calc/runs/2/tail/log']) {
      (await failureOf(tail({ path }))).code.should.equal('RESCALE_INPUT');
    }
    place.requests().should.be.empty();
  });

  it('keeps to its limit', async () => {
    for (const before of [() => undefined, settle]) {
      before();
      const limits = { path: 'field.bin', limitBytes: 1000 };
      (await failureOf(tail({ ...limits, lines: null }))).code.should.equal('RESCALE_TOO_LARGE');
      (await failureOf(tail({ ...limits, lines: 100_000 }))).code.should.equal('RESCALE_TOO_LARGE');
    }
  });

  it('does not take an error object for the file, nor a file for an error object', async () => {
    const notice = JSON.stringify({ detail: 'Run is not active.' });
    place.simulator.control('calc', { action: 'append', runId: '1', path: 'notice.json', text: notice });
    (await content({ path: 'notice.json', lines: null, format: 'text' })).should.equal(notice);
    place.simulator.setFaults([{ path: 'tail/gone', status: 200, body: { detail: 'Not found.' }, times: 0 }]);
    (await failureOf(tail({ path: 'gone', lines: null }))).code.should.equal('RESCALE_NOT_FOUND');
    place.simulator.setFaults([{ path: 'tail/shared/log.solver$', html: true, status: 200 }]);
    (await failureOf(tail({ lines: null }))).code.should.equal('RESCALE_PROTOCOL');
    const page = '<html>\n<body>kept</body>\n</html>';
    place.simulator.control('calc', { action: 'append', runId: '1', path: 'page.html', text: page });
    (await content({ path: 'page.html', lines: null, format: 'text' })).should.equal(page);
  });
});

describe('the last lines of a large finished file', () => {
  let place: RunsOnSimulator;
  const line = (index: number) => `line ${index} ${'é'.repeat(index % 50)}`;
  const count = 60_000;
  const large = Array.from({ length: count }, (_, index) => line(index) + '\n').join('');

  before(async () => {
    place = await runsOnSimulator();
    place.simulator.createJob({
      id: 'big',
      createdAt: Date.now() - 86_400_000,
      runs: [{ duration: 60, files: [{ path: 'large.log', content: large }] }],
    });
  });
  beforeEach(() => place.simulator.setFaults([]));
  after(() => place.close());

  const last = async (lines: number) => {
    place.simulator.clearRequests();
    const request = { jobId: 'big', runId: '1', path: 'large.log', finished: 'file' } as const;
    return tailFile(place.client, { ...request, lines, format: 'lines', limitBytes: 1e8 }, place.work());
  };
  const expected = (lines: number) =>
    Array.from({ length: lines }, (_, index) => line(count - lines + index));
  const ranges = () =>
    place.simulator
      .requests()
      .filter(({ url }) => url.includes('/contents/'))
      .map(({ headers }) => headers['range'] ?? 'whole');

  it('come from its end, without the rest', async () => {
    for (const lines of [1, 10, 3000, 20_000]) {
      (await last(lines)).content.should.eql(expected(lines));
      ranges().should.not.containEql('whole');
    }
    (await last(count + 5)).content.should.eql(expected(count));
  });

  it('come over a connection that breaks, and give up on one that always does', async () => {
    place.simulator.setFaults([
      { path: 'contents', reset: { at: 100 } },
      { path: 'contents', cut: 700 },
      { path: 'contents', skip: 1, reset: { at: 100 } },
    ]);
    (await last(3000)).content.should.eql(expected(3000));
    place.simulator.setFaults([{ path: 'contents', reset: { at: 100 }, times: 0 }]);
    (await failureOf(last(10))).code.should.equal('RESCALE_NETWORK');
  });

  it('come from a platform that sends another part than was asked for', async () => {
    const wrong = `bytes 0-65535/${Buffer.byteLength(large)}`;
    place.simulator.setFaults([{ path: 'contents', headers: { 'content-range': wrong } }]);
    (await last(10)).content.should.eql(expected(10));
    place.requests(/\/lines\/$/).length.should.equal(1);
  });

  it('come from a platform that ignores ranges, or refuses them', async () => {
    place.simulator.setFaults([{ path: 'contents', status: 400 }]);
    (await last(10)).content.should.eql(expected(10));
    place.requests(/\/lines\/$/).length.should.equal(1);
    place.simulator.setFaults([
      { path: 'contents', status: 400 },
      { path: 'lines', status: 404 },
    ]);
    (await last(10)).content.should.eql(expected(10));
    ranges().should.containEql('whole');
  });
});

describe('the working directory of a run', () => {
  it('is listed while the run is in progress, and only then', async () => {
    const place = await runsOnSimulator();
    place.simulator.createJob({
      id: 'calc',
      runs: [{ duration: null, files: [{ path: 'x', content: '' }] }],
    });
    const address = { jobId: 'calc', runId: '1' };
    const entries = await readDirectory(place.client, address, place.work());
    entries.map(({ path }) => path).should.containEql('x');
    place.simulator.control('calc', { action: 'end-run', runId: '1' });
    const error = await failureOf(readDirectory(place.client, address, place.work()));
    error.code.should.equal('RESCALE_NOT_ACTIVE');
    const missing = await failureOf(readDirectory(place.client, { ...address, runId: '5' }, place.work()));
    missing.code.should.equal('RESCALE_NOT_FOUND');
    await place.close();
  });
});
