import 'should';
import { around, complaints, languages, loadEditor, types, type Surrounding } from './shipped';

describe('Editor validators', () => {
  const definitions = loadEditor('en-US', types);
  const check = (type: string, stored: Record<string, unknown>) =>
    complaints(type, definitions.get(type)!, stored);

  it('accept what a new node holds, except what only a person can know', () => {
    for (const type of types) {
      const missing = type === 'rescale-download-files' ? ['Folder is missing.'] : [];
      check(type, {}).should.eql(missing, type);
    }
  });

  it('accept ${ENV} everywhere, because only the server knows it', () => {
    for (const type of types) {
      const names = Object.keys(definitions.get(type)!.defaults);
      const checked = names.filter(
        (name) =>
          definitions.get(type)!.defaults[name]!.validate &&
          !['events', 'verdicts', 'platform'].includes(name),
      );
      check(type, Object.fromEntries(checked.map((name) => [name, '${SOME_NAME}']))).should.eql([], type);
    }
  });

  it('take what is not stored for its default, as the server does', () => {
    for (const type of types) {
      const names = Object.keys(definitions.get(type)!.defaults).filter((name) => name !== 'platform');
      const nothing = Object.fromEntries(names.map((name) => [name, undefined]));
      const missing = type === 'rescale-platform' ? { url: 'simulator' } : {};
      check(type, { ...nothing, ...missing }).should.eql([], type);
    }
  });

  describe('of an id', () => {
    const run = (jobId: string, jobIdType = 'str') => check('rescale-get-run', { jobId, jobIdType });

    it('take letters, digits and what a message brings', () => {
      run('dmpTse').should.eql([]);
      run('42').should.eql([]);
      run('payload.job.id', 'msg').should.eql([]);
    });

    it('say that it is missing', () => {
      run('').should.eql(['Job is missing.']);
      run('  ').should.eql(['Job is missing.']);
      run('', 'msg').should.eql(['Job is missing.']);
    });

    for (const bad of ['a/b', '..', '.', 'a\\b', 'a\nb', 'https://platform.rescale.com/jobs/abc/']) {
      it(`refuse ${JSON.stringify(bad)}, and say what helps`, () => {
        const said = run(bad);
        said.length.should.equal(1);
        said[0]!.should.match(/^Job: .*Paste a whole link/);
      });
    }

    it('ask for a run only where one is needed', () => {
      check('rescale-list-files', { scope: 'run', runId: '' }).should.eql(['Run is missing.']);
      check('rescale-list-files', { scope: 'job', runId: '' }).should.eql([]);
      check('rescale-wait-run', { scope: 'job', runId: '' }).should.eql([]);
    });

    it('look at each of several', () => {
      check('rescale-watch-runs', { jobs: 'a, b', jobsType: 'str' }).should.eql([]);
      check('rescale-watch-runs', { jobs: 'a, b/c', jobsType: 'str' }).length.should.equal(1);
      check('rescale-watch-runs', { jobs: '', jobsType: 'str' }).should.eql([]);
    });
  });

  describe('of a path', () => {
    const tail = (path: string) => check('rescale-tail-file', { path, pathType: 'str' });

    it('take what the lists show', () => {
      for (const good of [
        'log',
        'shared/log.simpleFoam',
        './a b#c%.txt',
        '/api/jobs/x/runs/1/tail/U',
        'a..b/c',
      ]) {
        tail(good).should.eql([], good);
      }
    });

    it('refuse what would leave the working directory', () => {
      for (const bad of ['..', '../x', 'a/../../b', 'a\u0000b']) {
        tail(bad).length.should.equal(1, bad);
        tail(bad)[0]!.should.match(/^Path: .*without “..”/);
      }
    });
  });

  describe('of a number', () => {
    it('say which numbers fit', () => {
      const list = (stored: object) => check('rescale-list-runs', stored as Record<string, unknown>);
      list({ pageSize: '1000' }).should.eql([]);
      list({ pageSize: '1001' }).should.eql(['Per request: give a whole number from 1 to 1000.']);
      list({ pageSize: '1.5' }).length.should.equal(1);
      list({ pageSize: 'ten' }).length.should.equal(1);
      list({ pageSize: '' }).length.should.equal(1);
      list({ limit: '-1' }).should.eql(['At most: give a whole number, at least 0.']);
      check('rescale-wait-run', { interval: '4' }).should.eql([
        'Check every: give a number from 5 seconds to 1 day.',
      ]);
      check('rescale-follow-file', { interval: '1.9' }).should.eql([
        'Check every: give a number from 2 seconds to 1 day.',
      ]);
      check('rescale-tail-file', { limitBytes: '0' }).should.eql([
        'Size limit: give a number, at least 1 byte.',
      ]);
      check('rescale-wait-run', { deadline: '-1' }).should.eql([
        'Time limit: give a number, at least 0 seconds.',
      ]);
      check('rescale-download-files', { to: 'buffer', concurrency: '9' }).length.should.equal(1);
    });

    it('name a bound with its unit in the language of the reader', () => {
      const bounds = { de: /von 5 Sekunden bis 1 Tag angeben/, ja: /5 秒 から 1 日 まで/, ko: /5초.*1일/ };
      for (const [language, bound] of Object.entries(bounds)) {
        const wait = loadEditor(language, types).get('rescale-wait-run')!;
        complaints('rescale-wait-run', wait, { interval: '4' })[0]!.should.match(bound, language);
      }
    });

    it('let a blank typed one mean its default, and leave another type to the message', () => {
      check('rescale-tail-file', { lines: '' }).should.eql([]);
      check('rescale-tail-file', { lines: '0' }).length.should.equal(1);
      check('rescale-tail-file', { lines: 'count', linesType: 'msg' }).should.eql([]);
      check('rescale-tail-file', { lines: '.', linesType: 'msg' }).length.should.equal(1);
    });

    it('say of what is no property what one looks like, in the language of the reader', () => {
      for (const language of languages) {
        const tail = loadEditor(language, types).get('rescale-tail-file')!;
        const said = complaints('rescale-tail-file', tail, { lines: '.a b', linesType: 'msg' });
        said.length.should.equal(1);
        said[0]!.should.match(/\.a b.*payload\[0\]\.id/, language);
      }
    });
  });

  describe('of the platform', () => {
    const address = (url: string) => check('rescale-platform', { url });

    it('take https, the simulator, and plain http on this machine', () => {
      for (const good of [
        'https://eu.rescale.com',
        'https://eu.rescale.com/',
        'https://rescale.example:8443',
        'simulator',
        'http://127.0.0.1:8080',
        'http://localhost:8080',
        'http://[::1]:8080',
        'https://${REGION}.rescale.com',
      ]) {
        address(good).should.eql([], good);
      }
    });

    it('refuse what could send the key astray', () => {
      for (const bad of [
        '',
        'eu.rescale.com',
        'https://eu.rescale.com/api/v2/',
        'https://user:pass@eu.rescale.com',
        'https://eu.rescale.com?x=1',
        'ftp://eu.rescale.com',
        'javascript:alert(1)',
      ]) {
        address(bad).length.should.equal(1, bad);
      }
      address('http://eu.rescale.com')[0]!.should.match(/https only/);
      address('http://127.0.0.1.example.com')[0]!.should.match(/https only/);
    });
  });

  it('want a key where it is known that there is none', () => {
    const keyless = { has_token: false };
    check('rescale-platform', { credentials: keyless }).should.eql(['API key: this platform needs one.']);
    check('rescale-platform', { credentials: keyless, url: 'simulator' }).should.eql([]);
    check('rescale-platform', { credentials: { has_token: false, token: 'x' } }).should.eql([]);
    check('rescale-platform', { credentials: { has_token: true } }).should.eql([]);
  });

  it('want at least one event to watch for', () => {
    check('rescale-watch-runs', { events: [] }).should.eql(['Tell me when: choose at least one.']);
  });

  it('want a folder only where files go to one', () => {
    check('rescale-download-files', { to: 'buffer' }).should.eql([]);
    check('rescale-download-files', { to: 'folder', folder: '/data' }).should.eql([]);
  });

  describe('of what stands around a node', () => {
    const put = (...nodes: Surrounding[]) => around.push(...nodes);
    const before = (props?: object[]): Surrounding => ({ id: 'inject', type: 'inject', before: true, props });
    afterEach(() => around.splice(1));

    it('say that a platform is missing, gone or needs attention', () => {
      check('rescale-get-run', { platform: '_ADD_' })[0]!.should.match(/^Platform is missing/);
      check('rescale-get-run', { platform: 'gone' })[0]!.should.match(/^Platform is missing/);
      put({ id: 'bad', type: 'rescale-platform', valid: false });
      check('rescale-get-run', { platform: 'bad' })[0]!.should.match(/^Platform: its settings/);
    });

    it('say where a change will be refused, and only there', () => {
      put({ id: 'kept', type: 'rescale-platform', readOnly: true });
      for (const type of ['rescale-stop-run', 'rescale-snapshot-run']) {
        check(type, { platform: 'kept' })[0]!.should.match(/read-only/, type);
      }
      check('rescale-get-run', { platform: 'kept' }).should.eql([]);
    });

    it('say that an inject node does not set what the node reads', () => {
      put(before([{ p: 'payload' }]));
      const said = check('rescale-list-runs', {});
      said.length.should.equal(1);
      said[0]!.should.match(/^Job comes from msg\.jobId, which the inject node .* does not set/);
      check('rescale-list-runs', { jobIdType: 'str', jobId: 'foamSweep' }).should.eql([]);
    });

    it('trust every other node, and an inject node that sets it', () => {
      put(before([{ p: 'jobId' }]));
      check('rescale-list-runs', {}).should.eql([]);
      around.splice(1);
      put(before([{ p: 'payload' }]), { id: 'change', type: 'change', before: true });
      check('rescale-list-runs', {}).should.eql([]);
    });
  });
});
