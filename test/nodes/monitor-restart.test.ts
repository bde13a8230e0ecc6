import 'should';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../../src/runtime/definition/definition';
import { foamLog } from '../support/logs/foam-log';
import {
  close,
  diverging,
  endOf,
  flowForEach,
  flowOf,
  give,
  load,
  path,
  pieces,
  restart,
  rowsOf,
  stateFiles,
  stateFolder,
  toldOf,
  verdictsOf,
} from './monitor-setup';

describe('rescale-monitor-run over restarts', function () {
  this.timeout(120_000);
  flowForEach();

  describe('over a restart', () => {
    it('goes on as if there had been none', async () => {
      const messages = pieces(diverging(60, 50), 25);
      let loaded = await load();
      const half = Math.floor(messages.length / 2);
      await give(loaded, messages.slice(0, half));
      const before = rowsOf(loaded).length;
      loaded = await restart();
      await give(loaded, [...messages.slice(half), endOf()]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging']);
      rowsOf(loaded)[0]!.step.should.equal(before + 1);
      rowsOf(loaded).at(-1)!.step.should.equal(60);
    });

    it('tells no verdict again that it has told', async () => {
      let loaded = await load();
      await give(loaded, pieces(diverging(60, 10), 1000));
      verdictsOf(loaded).should.eql(['diverging']);
      loaded = await restart();
      await loaded.status('node', ({ text }) => text === 'run 6 diverges');
      await give(loaded, [endOf()]);
      verdictsOf(loaded).should.eql(['diverging']);
      toldOf(loaded)[0]!.rule.should.equal('log-ended');
    });

    it('tells again, and says so, what a kill may have kept from being told', async () => {
      let loaded = await load();
      await give(loaded, pieces(diverging(60, 10), 1000, { topic: 'mine' }));
      await close();
      // As a kill between the noting and the sending leaves it: nothing says that it was sent.
      const [file] = stateFiles();
      const journal = join(stateFolder(), file!);
      writeFileSync(journal, readFileSync(journal, 'utf8').replace(/\n.*"sent".*\n/g, '\n'));
      loaded = await restart();
      const told = await loaded.take('out2');
      told.payload!.should.have.properties({ verdict: 'diverging', step: 10, redelivered: true });
      told.should.have.properties({ jobId: 'foamSweep', runId: '6', path, topic: 'run/diverging' });
      told.rescale!.should.have.property('summary');
      rowsOf(loaded).length.should.equal(59);
      // The follow sends the piece again as well.
      const again = pieces(diverging(60, 10), 1000);
      Object.assign((again[0]!.rescale as { follow: object }).follow, { redelivered: true });
      await give(loaded, again);
      verdictsOf(loaded).should.eql(['diverging']);
    });

    it('tells again what a kill came just after, because the next nodes may not have done with it', async () => {
      let loaded = await load();
      await give(loaded, [...pieces(diverging(60, 10), 1000), endOf()]);
      verdictsOf(loaded).should.eql(['diverging', 'diverging']);
      // A kill leaves the files as they are; an orderly end would not.
      const [file] = stateFiles();
      const journal = readFileSync(join(stateFolder(), file!));
      await close();
      writeFileSync(join(stateFolder(), file!), journal);
      loaded = await load();
      await loaded.until('the end', () => (verdictsOf(loaded).length === 2 ? true : undefined));
      toldOf(loaded)
        .every(({ redelivered }) => redelivered)
        .should.be.true();
      const again = endOf();
      again.rescale = { ...(again.rescale as object), follow: { redelivered: true } };
      await give(loaded, [again]);
      verdictsOf(loaded).length.should.equal(2);
    });

    it('says nothing of an end that was told and comes once more', async () => {
      let loaded = await load();
      await give(loaded, [...pieces(foamLog({ steps: 10 }), 1000), endOf()]);
      loaded = await restart();
      const again = endOf();
      again.rescale = { ...(again.rescale as object), follow: { redelivered: true } };
      await give(loaded, [again]);
      loaded.received('out2').should.be.empty();
    });

    it('keeps little on disk however long the log is', async () => {
      const loaded = await load();
      await give(loaded, pieces(foamLog({ steps: 10_000, end: '' }), 5000));
      const files = stateFiles();
      files.length.should.equal(1);
      readFileSync(join(stateFolder(), files[0]!)).length.should.be.below(1_000_000);
    });

    it('keeps nothing when it is told to', async () => {
      const loaded = await load({ durable: false });
      await give(loaded, pieces(diverging(60, 10), 50));
      stateFiles().should.be.empty();
    });

    it('is forgotten with the node', async () => {
      const loaded = await load();
      await give(loaded, pieces(diverging(60, 10), 1000));
      const [nodes] = flowOf();
      await loaded.deploy(
        nodes.filter(({ id }) => id !== 'node'),
        'full',
      );
      existsSync(stateFolder()).should.be.false();
    });
  });

  describe('silence', () => {
    it('is told once, and again only after new lines', async () => {
      const loaded = await load({ silence: 0.005 });
      const [first, second] = pieces(foamLog({ steps: 20, end: '' }), 100) as [Message, Message];
      await give(loaded, [first]);
      const told = await loaded.take('out2');
      told.should.have.properties({ topic: 'run/silent', jobId: 'foamSweep', runId: '6', path });
      told.payload!.should.have.properties({ verdict: 'silent', rule: 'no-new-line', redelivered: false });
      await loaded.status('node', ({ text, fill }) => text === 'run 6 silent' && fill === 'yellow');
      await give(loaded, [second]);
      (await loaded.take('out2')).should.have.property('topic', 'run/silent');
      await give(loaded, [endOf()]);
      verdictsOf(loaded).should.eql(['silent', 'silent', 'unfinished']);
    });

    it('is none where the log has ended, or nobody asked', async () => {
      const loaded = await load({ silence: 0.002 });
      await give(loaded, [...pieces(foamLog({ steps: 5 }), 1000), endOf()]);
      const mute = await restart({ silence: 0 });
      await give(mute, pieces(foamLog({ steps: 5 }), 1000));
      // Longer than the silence would take: two other messages that wait for the clock.
      await new Promise((resolve) => setTimeout(resolve, 400));
      mute.received('out2').should.be.empty();
    });
  });
});
