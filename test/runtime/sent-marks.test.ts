import 'should';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSentMarks } from '../../src/runtime/long-running/sent-marks';
import { createJournals } from '../../src/runtime/state/journal';

describe('What follows have sent', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sent-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = () => createSentMarks(createJournals(join(folder, 'node')));

  it('is known after a restart, at that place alone', () => {
    const marks = open();
    marks.note('a', { delivered: 3, gaps: 0 }).should.be.true();
    marks.note('b', { delivered: 9, gaps: 1 }).should.be.true();
    marks.note('a', { delivered: 5, gaps: 0 }).should.be.true();
    marks.close();
    const next = open();
    next.has('a', { delivered: 5, gaps: 0 }).should.be.true();
    next.has('a', { delivered: 3, gaps: 0 }).should.be.false();
    next.has('a', { delivered: 5, gaps: 1 }).should.be.false();
    next.has('b', { delivered: 9, gaps: 1 }).should.be.true();
  });

  it('is not known after a kill that came right after it was sent', () => {
    open().note('a', { delivered: 3, gaps: 0 });
    open().has('a', { delivered: 3, gaps: 0 }).should.be.false();
  });

  it('is forgotten with its follow', () => {
    const marks = open();
    marks.note('a', { delivered: 3, gaps: 0 });
    marks.forget('a');
    marks.close();
    open().has('a', { delivered: 3, gaps: 0 }).should.be.false();
  });

  it('is left to the progress where it can’t be noted', () => {
    createSentMarks(null).note('a', { delivered: 3, gaps: 0 }).should.be.false();
    const marks = open();
    marks.note('', { delivered: 3, gaps: 0 }).should.be.false();
    marks.close();
    marks.note('a', { delivered: 3, gaps: 0 }).should.be.false();
  });

  it('is known after a restart though somebody removed the folder meanwhile', () => {
    const first = open();
    first.note('a', { delivered: 3, gaps: 0 });
    first.close();
    const marks = open();
    marks.note('b', { delivered: 1, gaps: 0 });
    marks.close();
    const removed = open();
    removed.note('b', { delivered: 2, gaps: 0 });
    rmSync(join(folder, 'node'), { recursive: true });
    removed.close();
    open().has('b', { delivered: 2, gaps: 0 }).should.be.true();
  });

  it('says nothing where its journal can’t be read', () => {
    writeFileSync(join(folder, 'node'), 'no folder');
    chmodSync(join(folder, 'node'), 0o400);
    const marks = open();
    marks.has('a', { delivered: 3, gaps: 0 }).should.be.false();
    marks.note('a', { delivered: 3, gaps: 0 });
    marks.close();
  });
});
