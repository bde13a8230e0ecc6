import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'should';
import * as v from 'valibot';
import { errorTexts } from '../../src/api/errors/texts/error-texts';
import { renderErrorText, type ErrorText } from '../../src/api/errors/errors';
import { writeFailure } from '../../src/runs/files/safe-path';
import { startWhenPossible } from '../../src/runtime/node/lifecycle';
import type { NodeInstance } from '../../src/runtime/node/node-instance';
import { createDurableItems } from '../../src/runtime/state/durable-items';
import { createJournals } from '../../src/runtime/state/journal';
import { createFileStore } from '../../src/runtime/state/state-store';
import { toFlowError } from '../../src/runtime/status/message-catalog';
import { virtualClock } from '../runs/virtual-clock';

/** What a folder of state may fail with, and the next step that a person is told. */
const CODES: [code: string, step: RegExp][] = [
  ['ELOOP', /put a folder in place of the link/],
  ['ENOTDIR', /move the file away/],
  ['EEXIST', /move the file away/],
  ['EISDIR', /move the folder away/],
  ['EACCES', /give that user the right/],
  ['EPERM', /give that user the right/],
  ['EROFS', /mount it for writing/],
  ['ENAMETOOLONG', /choose a folder with a shorter one/],
  ['EDQUOT', /free some, or have it raised/],
  ['ENOSPC', /free some space/],
  ['ESTALE', /mount it anew/],
  ['ENODEV', /mount it anew/],
  ['ETIMEDOUT', /mount it anew/],
  ['EIO', /have it checked/],
  ['EMFILE', /raise that limit/],
  ['EBUSY', /free when that lets go/],
];

const RED = { _: (key: string) => key, nodes: { eachNode() {} }, settings: {} } as never;
const format = { migrations: [], schema: v.object({ count: v.number() }) };
type Count = v.InferOutput<typeof format.schema>;
type Files = Record<'mkdir' | 'readdir', (path: string, ...rest: unknown[]) => Promise<unknown>>;

describe('A state folder in trouble', () => {
  const files = module.require('node:fs/promises') as Files;
  const { mkdir, readdir } = files;
  let root: string;
  let closing: AbortController;
  /** What each folder fails with. */
  const planted = new Map<string, string>();
  const failing =
    (call: 'mkdir' | 'readdir', act: Files['mkdir']): Files['mkdir'] =>
    (path, ...rest) => {
      const code = planted.get(path);
      if (code === undefined) return act(path, ...rest);
      return Promise.reject(Object.assign(new Error(`${code}: planted`), { code, syscall: call, path }));
    };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rescale-'));
    closing = new AbortController();
    files.mkdir = failing('mkdir', mkdir);
    files.readdir = failing('readdir', readdir);
  });
  afterEach(() => {
    closing.abort();
    planted.clear();
    Object.assign(files, { mkdir, readdir });
    rmSync(root, { recursive: true, force: true });
  });

  /** A node that keeps counts in this folder. */
  function nodeIn(folder: string) {
    const warnings: string[] = [];
    const reports: string[] = [];
    const warn = ({ key, values = {} }: ErrorText) => warnings.push(renderErrorText(errorTexts[key], values));
    const tasks: Promise<void>[] = [];
    let repair = () => {};
    const clock = { ...virtualClock(), sleep: () => Promise.resolve(repair()) };
    const items = createDurableItems<Count>(
      {
        clock,
        signal: closing.signal,
        handedOver: new AbortController().signal,
        warn,
        background: (task) => void tasks.push(task(closing.signal)),
      },
      createFileStore(folder),
      { prefix: 'count:', format },
    );
    const taken: number[] = [];
    /** Starts as a node does; `put` puts it right, before it is tried again. */
    const start = async (put: () => void) => {
      repair = put;
      await startWhenPossible(
        {
          RED,
          started: Promise.resolve(),
          signal: closing.signal,
          clock,
          board: { clear() {} },
          showFailure() {},
          report: (error: Error) => reports.push(error.message),
        } as unknown as NodeInstance,
        () => items.resumeStored(({ item }) => void taken.push(item.value.count)),
      );
      await Promise.all(tasks.map((task) => task.catch(() => undefined)));
    };
    return { items, warnings, reports, taken, start };
  }

  it('says what is wrong and what to do when it can’t be written, and holds what it was to keep', async () => {
    for (const [code, step] of CODES) {
      const folder = join(root, code);
      planted.set(folder, code);
      const { items, warnings } = nodeIn(folder);
      const begun = items.create('a', { count: 1 });
      (await begun.stored).should.be.false();
      warnings.length.should.equal(1, code);
      warnings[0]!.should.match(/not be written to disk/).and.containEql(`: ${folder}: `);
      warnings[0]!.should.containEql(`(${code})`);
      warnings[0]!.should.match(step);
      begun.item.value.count.should.equal(1);
      planted.clear();
      (await begun.retry().stored).should.be.true();
    }
  });

  it('is read when it can be, is told once until then, and is taken for no damage', async () => {
    const nodes = CODES.map(async ([code, step]) => {
      const folder = join(root, code);
      await createFileStore(folder).write('count:a', { version: 1, count: 7 });
      planted.set(folder, code);
      const { start, reports, taken, warnings } = nodeIn(folder);
      await start(() => planted.delete(folder));
      // Where a file is in its place there is nothing to wait for: the node works, and warns.
      const told = [...reports, ...warnings];
      told.length.should.equal(1, code);
      reports.length.should.equal(code === 'ENOTDIR' ? 0 : 1);
      told[0]!.should.match(/can’t be read.*tried again/).and.containEql(`: ${folder}: `);
      told[0]!.should.containEql(`(${code})`);
      told[0]!.should.match(step);
      taken.should.eql([7]);
    });
    await Promise.all(nodes);
  });

  it('is no fault inside the node where it meets a message, and neither is a folder for downloads', () => {
    for (const [code, step] of CODES) {
      const error = Object.assign(new Error('planted'), {
        code,
        path: '/data/rescale/ab/x.json',
        syscall: 'open',
      });
      const { key, message } = toFlowError(RED, error);
      key.should.equal('disk-failed');
      message.should.match(step);
      // The file itself where it has to be put right, else the folder.
      const place = ['EISDIR', 'EACCES', 'EPERM'].includes(code) ? 'ab/x.json: ' : 'ab: ';
      message.should.containEql(`/data/rescale/${place}`);
      writeFailure('out/log', error).message.should.match(step);
    }
    const ofNetwork = Object.assign(new Error('planted'), { code: 'ETIMEDOUT', syscall: 'connect' });
    toFlowError(RED, ofNetwork).key.should.equal('unexpected');
  });

  const places: [what: string, code: RegExp, make: (folder: string) => string][] = [
    [
      'is a loop of links',
      /ELOOP/,
      (folder) => {
        symlinkSync(folder, `${folder}-2`);
        symlinkSync(`${folder}-2`, folder);
        return folder;
      },
    ],
    [
      'has a file in its place',
      /ENOTDIR|EEXIST/,
      (folder) => {
        writeFileSync(folder, 'x');
        return folder;
      },
    ],
    [
      'lies below a file',
      /ENOTDIR/,
      (folder) => {
        writeFileSync(folder, 'x');
        return join(folder, 'rescale');
      },
    ],
    ['has a name that is too long', /ENAMETOOLONG/, (folder) => join(folder, 'x'.repeat(300))],
  ];
  for (const [what, code, make] of places) {
    it(`that ${what} is told, keeps nobody from starting, and is read when that was put right`, async function () {
      if (process.platform === 'win32') this.skip(); // links, and errors of other names
      const folder = join(root, 'state');
      const good = join(root, 'good');
      await createFileStore(good).write('count:a', { version: 1, count: 7 });
      const place = make(folder);
      const { items, warnings, reports, taken, start } = nodeIn(place);
      (await items.create('b', { count: 2 }).stored).should.be.false();
      warnings.length.should.equal(1);
      warnings[0]!.should.match(code);
      const journals = createJournals(place);
      (() => journals.create('log').append(1)).should.throw(code);
      const isLong = place.length > 250;
      const isFile = code.test('ENOTDIR');
      if (isFile) journals.keys().should.eql({ keys: [], unreadable: 0, unread: [] });
      else (() => journals.keys()).should.throw(code);

      await start(() => {
        // Nobody can put a name right for a node that runs; it goes on trying.
        if (isLong) return closing.abort();
        rmSync(folder, { recursive: true });
        mkdirSync(join(place, '..'), { recursive: true });
        renameSync(good, place);
      });
      const [, ...told] = [...warnings, ...reports];
      told.length.should.equal(1);
      reports.length.should.equal(isFile ? 0 : 1);
      told[0]!.should.match(/can’t be read.*tried again/).and.match(code);
      taken.should.eql(isLong ? [] : [7]);
    });
  }
});
