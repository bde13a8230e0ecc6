import 'should';
import { RescaleError } from '../../src/api/errors/errors';
import { flowAround, loadFlow, platformOf } from '../support/flow';
import { flowForEach, holding, keep, load, place, PROBE, signalled, simulator } from './seam-setup';

describe('the seam to Node-RED, for nodes that hold work', () => {
  flowForEach();

  describe('nodes that hold work', () => {
    it('count what waits in their status', async () => {
      const releases: (() => void)[] = [];
      const loaded = await load(
        holding(() => ({
          input: async () => {
            await new Promise<void>((resolve) => releases.push(resolve));
            return { payload: 'released', status: { key: 'done' } };
          },
        })),
      );
      loaded.receive('node', { ...place });
      loaded.receive('node', { ...place });
      await loaded.status('node', ({ text }) => text === 'waiting 2');
      releases.forEach((release) => release());
      await loaded.takeAll('out', 2);
      await loaded.status('node', ({ fill, shape }) => fill === 'green' && shape === 'dot');
    });

    it('show that one is not on disk, whatever else is shown and healed, until it is', async () => {
      const begun = signalled();
      let show: (unstored: boolean) => void = () => {};
      const loaded = await load(
        holding(() => ({
          input: (context) => {
            show = (unstored) => {
              context.showUnstored(unstored);
              // A request that was tried again has come through.
              context.trace.onRetry?.(null, 0);
            };
            begun.give();
            return new Promise<never>(() => {});
          },
        })),
      );
      loaded.receive('node', { ...place });
      await begun.given;
      show(true);
      await loaded.status('node', ({ fill, text }) => fill === 'yellow' && /not-stored/.test(text!));
      show(false);
      await loaded.until(
        'the blue dot again',
        () => loaded.statuses('node').at(-1)?.fill === 'blue' || undefined,
      );
    });

    it('take control messages, which are done and not passed on', async () => {
      const stopped: string[] = [];
      const loaded = await load(
        holding(() => ({
          input: () => Promise.resolve({ payload: 'input' }),
          actions: {
            stop: async (control) => void stopped.push(await control.read('runId')),
            'stop-all': () => Promise.resolve(void stopped.push('all')),
          },
        })),
      );
      loaded.receive('node', { ...place, action: 'stop', runId: 9 });
      loaded.receive('node', { action: 'stop-all' });
      await loaded.takeAll('completed', 2);
      stopped.sort().should.deepEqual(['9', 'all']);
      loaded.received('out').should.be.empty();
    });

    for (const action of ['explode', 'toString', '', 5, {}]) {
      it(`refuse the action ${JSON.stringify(action)}`, async () => {
        const loaded = await load(
          holding(() => ({ input: () => Promise.resolve({}), actions: { stop: () => Promise.resolve() } })),
        );
        loaded.receive('node', { ...place, action });
        const { error } = await loaded.take('caught');
        error!.should.have.property('code', 'RESCALE_INPUT');
        (error as { message: string }).message.should.match(/(It can be|Set it to one of these): stop\.$/);
      });
    }

    it('resume stored work when the flows have started, with no done', async () => {
      const loaded = await load(
        holding((host) => ({
          input: () => Promise.resolve({}),
          started: () => {
            host.resume({ _msgid: 'stored', topic: 'old' }, place, () =>
              Promise.resolve({ payload: 'resumed', output: 1 }),
            );
            return Promise.resolve();
          },
        })),
      );
      const message = await loaded.take('out2');
      message.should.have.properties({ payload: 'resumed', topic: 'old', jobId: 'j1', runId: '2' });
      await loaded.status('node', ({ fill }) => fill === 'green');
      loaded.received('completed').should.be.empty();
    });

    it('give an error of resumed work to Catch', async () => {
      const loaded = await load(
        holding((host) => ({
          input: () => Promise.resolve({}),
          started: () => {
            host.resume({ topic: 'old' }, place, () =>
              Promise.reject(new RescaleError('RESCALE_NOT_FOUND', 'not-found-run', place, 404)),
            );
            return Promise.resolve();
          },
        })),
      );
      const caught = await loaded.take('caught');
      caught.should.have.properties({ topic: 'old', statusCode: 404 });
      caught.error!.should.have.property('code', 'RESCALE_NOT_FOUND');
    });
  });

  describe('event sources', () => {
    it('lose nothing that they send before the flows have started', async () => {
      const loaded = await load(
        holding((host) => {
          void host.send({ payload: 'early', jobId: 'j1', runId: '1', set: { topic: 'run/completed' } });
          return {};
        }),
      );
      const message = await loaded.take('out');
      message.should.have.properties({ payload: 'early', jobId: 'j1', runId: '1', topic: 'run/completed' });
      message._msgid!.should.be.a.String();
    });

    it('can be many without a warning about listeners', async () => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error) => warnings.push(warning);
      process.on('warning', onWarning);
      const [nodes, options] = flowAround({ type: PROBE }, platformOf(simulator));
      const many = Array.from({ length: 30 }, (_, n) => ({ ...nodes[2]!, id: `node${n}` }));
      const module = holding((host) => {
        void host.send({ payload: 'early' });
        return {};
      });
      const flow = keep(await loadFlow([...nodes, ...many], { ...options, own: { [PROBE]: module } }));
      await flow.takeAll('out', 31);
      process.removeListener('warning', onWarning);
      warnings.should.be.empty();
    });

    it('take nothing but control messages', async () => {
      const loaded = await load(holding(() => ({ actions: { check: () => Promise.resolve() } })));
      loaded.receive('node', { payload: 'no action' });
      (await loaded.take('caught')).error!.should.have.property('code', 'RESCALE_INPUT');
    });

    it('survive an error in the background: Catch gets it', async () => {
      const loaded = await load(
        holding((host) => ({
          started: async () => {
            await host.connect();
            host.background(() => Promise.reject(new RescaleError('RESCALE_SERVER', 'server', {}, 503)));
          },
        })),
      );
      (await loaded.take('caught')).error!.should.have.property('code', 'RESCALE_SERVER');
      await loaded.status('node', ({ fill, shape }) => fill === 'red' && shape === 'dot');
    });
  });
});
