import 'should';
import { flowAround, platformOf } from '../support/flow';
import {
  deployChanged,
  flowForEach,
  holding,
  load,
  place,
  PROBE,
  probe,
  signalled,
  simulator,
} from './seam-setup';

describe('the seam to Node-RED, when it closes', () => {
  flowForEach();

  describe('closing while a message is in progress', () => {
    const never = () => new Promise<never>(() => {});

    it('ends it with RESCALE_CLOSED in under a second, even when the work does not listen', async () => {
      const loaded = await load(probe(never));
      loaded.receive('node', place);
      await loaded.status('node', ({ fill }) => fill === 'blue');
      const start = performance.now();
      await deployChanged(loaded, { name: 'changed' });
      (performance.now() - start).should.be.below(1000);
      (await loaded.take('caught')).error!.should.have.property('code', 'RESCALE_CLOSED');
      loaded.received('completed').should.be.empty();
    });

    for (const type of ['full', 'flows', 'nodes'] as const) {
      it(`tells Catch once when a deploy (${type}) closes Catch as well`, async () => {
        const loaded = await load(probe(never));
        loaded.receive('node', { ...place, topic: 'kept' });
        await loaded.status('node', ({ fill }) => fill === 'blue');
        const [nodes, { credentials }] = flowAround({ type: PROBE, name: 'changed' }, platformOf(simulator));
        const all = nodes.map((node) => (node.type === 'catch' ? { ...node, name: 'changed' } : node));
        await loaded.deploy(all, type, credentials);
        const { error, topic } = await loaded.take('caught');
        error!.should.have.properties({ code: 'RESCALE_CLOSED' });
        topic!.should.equal('kept');
        await loaded.status('node', ({ fill, text }) => fill === 'grey' && text!.endsWith('closed'));
        loaded.received('caught').should.have.length(1);
        loaded.received('completed').should.be.empty();
      });
    }

    it('aborts the signal, and drops what the work still sends', async () => {
      const begun = signalled();
      const ended = signalled();
      const loaded = await load(
        probe(async ({ signal }) => {
          begun.give();
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          ended.give();
          return { payload: 'too late' };
        }),
      );
      loaded.receive('node', place);
      await begun.given;
      await deployChanged(loaded, { name: 'changed' });
      await ended.given;
      (await loaded.take('caught')).error!.should.have.property('code', 'RESCALE_CLOSED');
      loaded.received('out').should.be.empty();
      loaded.received('completed').should.be.empty();
    });

    it('is silent about work that is kept durably', async () => {
      const gone: unknown[] = [];
      const begun = signalled();
      const loaded = await load(
        holding(() => ({
          input: (context) => {
            void context.keep(() => ({ stored: Promise.resolve(true), withdraw() {} })).then(begun.give);
            return never();
          },
          closed: (how) => Promise.resolve(void gone.push(how)),
        })),
      );
      loaded.receive('node', place);
      await begun.given;
      await deployChanged(loaded, { name: 'changed' });
      gone.should.deepEqual([{ removed: false, configured: true }]);
      loaded.received('caught').should.be.empty();
      loaded.received('completed').should.be.empty();
    });

    for (const written of [true, false]) {
      const how = written ? 'is silent about it' : 'tells it';
      it(`while it is being written again ${how} by what becomes of that`, async () => {
        const begun = signalled();
        const ended = signalled();
        let settle: (written: boolean) => void = () => {};
        const loaded = await load(
          holding(() => ({
            input: async (context) => {
              await context.keep(() => ({ stored: Promise.resolve(false), withdraw() {} }));
              const stored = new Promise<boolean>((resolve) => (settle = resolve));
              void context.keep(() => ({ stored, withdraw() {} })).then(ended.give);
              begun.give();
              await new Promise((_resolve, reject) => {
                context.signal.addEventListener('abort', () => {
                  setImmediate(() => settle(written));
                  reject(context.signal.reason as Error);
                });
              });
            },
          })),
        );
        loaded.receive('node', place);
        await begun.given;
        await deployChanged(loaded, { name: 'changed' });
        await ended.given;
        if (!written) (await loaded.take('caught')).error!.should.have.property('code', 'RESCALE_CLOSED');
        loaded.received('caught').should.have.length(written ? 0 : 1);
        loaded.received('completed').should.be.empty();
      });
    }

    it('tells a removed node from a disabled one', async () => {
      const gone: unknown[] = [];
      const module = holding(() => ({
        input: never,
        closed: (how) => Promise.resolve(void gone.push(how)),
      }));
      const loaded = await load(module);
      await deployChanged(loaded, { d: true });
      gone.should.deepEqual([{ removed: true, configured: true }]);
      await deployChanged(loaded, {});
      const [nodes, { credentials }] = flowAround({ type: PROBE }, platformOf(simulator));
      await loaded.deploy(
        nodes.filter(({ id }) => id !== 'node'),
        'nodes',
        credentials,
      );
      gone.slice(1).should.deepEqual([{ removed: true, configured: false }]);
    });
  });
});
