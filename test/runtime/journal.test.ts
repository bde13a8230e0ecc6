import 'should';
import should from 'should';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJournals } from '../../src/runtime/state/journal';

describe('a journal', () => {
  let folder: string;
  let directory: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
    directory = join(folder, 'node');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const files = () => readdirSync(directory).sort();
  const found = (key: string) => createJournals(directory).find(key)!;

  it('has each entry as soon as it was added, in order, in a file that only its owner reads', () => {
    const journal = createJournals(directory).create('one');
    for (const entry of [{ piece: 'a\nb' }, { piece: 'c' }]) {
      journal.append(entry);
      found('one').entries.at(-1)!.should.eql(entry);
    }
    found('one').should.have.properties({
      key: 'one',
      whole: undefined,
      entries: [{ piece: 'a\nb' }, { piece: 'c' }],
    });
    (statSync(join(directory, files()[0]!)).mode & 0o777).should.equal(0o600);
    (statSync(directory).mode & 0o777).should.equal(0o700);
  });

  it('knows all that is there by key, and nothing of what is not', () => {
    should(createJournals(directory).find('one')).be.null();
    createJournals(directory).keys().should.eql({ keys: [], unreadable: 0, unread: [] });
    createJournals(directory).create('one').append(1);
    createJournals(directory).create('two').append(2);
    createJournals(directory).keys().keys.sort().should.eql(['one', 'two']);
    should(createJournals(directory).find('three')).be.null();
  });

  it('goes on after a restart', () => {
    createJournals(directory).create('one').append(1);
    found('one').journal.append(2);
    found('one').journal.append(3);
    found('one').entries.should.eql([1, 2, 3]);
  });

  for (const way of ['compact', 'compactNow'] as const) {
    it(`says that somebody removed it, and stands on disk again (${way})`, async () => {
      const journal = createJournals(directory).create('one');
      journal.append(1);
      journal.removedByOthers.should.be.false();
      rmSync(directory, { recursive: true });
      journal.removedByOthers.should.be.true();
      if (way === 'compact') (() => journal.append(2)).should.throw(/ENOENT/);
      await journal[way]({ sum: 3 });
      journal.append(3);
      found('one').should.have.properties({ whole: { sum: 3 }, entries: [3] });
      files().length.should.equal(1);
    });
  }

  it('begins anew from the whole item, with what came while that was written', async () => {
    const journal = createJournals(directory).create('one');
    journal.append(1);
    const written = journal.compact({ sum: 1 });
    journal.append(2);
    await written;
    journal.append(3);
    files().length.should.equal(1);
    found('one').should.have.properties({ whole: { sum: 1 }, entries: [2, 3] });
    await found('one').journal.compact({ sum: 6 });
    found('one').should.have.properties({ whole: { sum: 6 }, entries: [] });
    found('one').journal.size.should.equal(0);
  });

  it('is the same when a kill came before the old file was gone', async () => {
    const journal = createJournals(directory).create('one');
    journal.append(1);
    const old = files()[0]!;
    const written = journal.compact({ sum: 1 });
    journal.append(2);
    await written;
    // As the kill would have left it: both generations, the second without what came meanwhile.
    createJournals(directory).find('one')!.entries.should.eql([2]);
    appendFileSync(join(directory, old), '\n{"key":"one"}\n\n{"n":1,"entry":1}\n\n{"n":2,"entry":2}\n');
    found('one').should.have.properties({ whole: { sum: 1 }, entries: [2] });
  });

  it('loses no more than the line that was being written', () => {
    const journal = createJournals(directory).create('one');
    journal.append('first');
    journal.append('second');
    const path = join(directory, files()[0]!);
    truncateSync(path, statSync(path).size - 5);
    const after = found('one');
    after.entries.should.eql(['first']);
    after.journal.append('third');
    found('one').entries.should.eql(['first', 'third']);
  });

  it('counts and keeps what nothing can be made of', () => {
    createJournals(directory).create('one').append(1);
    const path = join(directory, files()[0]!);
    truncateSync(path, 4);
    createJournals(directory).keys().should.eql({ keys: [], unreadable: 1, unread: [] });
    files().length.should.equal(1);
  });

  it('is gone when it is removed', async () => {
    const journal = createJournals(directory).create('one');
    journal.append(1);
    await journal.compact({ sum: 1 });
    journal.append(2);
    journal.remove();
    files().should.eql([]);
    journal.append(3);
    files().should.eql([]);
  });

  it('leaves to the next node what it has closed', async () => {
    const journal = createJournals(directory).create('one');
    journal.append(1);
    const written = journal.compact({ sum: 1 });
    journal.close();
    found('one').journal.append(2);
    await written;
    journal.append('late');
    found('one').should.have.properties({ whole: { sum: 1 }, entries: [2] });
  });
});
