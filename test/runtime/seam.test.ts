import 'should';
import { once } from 'node:events';
import type { NodeAPI } from 'node-red';
import should from 'should';
import { RescaleError } from '../../src/api/errors/errors';
import { defineNode, type NodeModule } from '../../src/runtime/node/define-node';
import type { Behaviour, NodeHost, Results, InputContext } from '../../src/runtime/definition/definition';
import { jobIdField, runIdField, type Field } from '../../src/runtime/fields/fields';
import { startSimulator, type Simulator } from '../../src/simulator';
import { flowAround, loadFlow, platformOf, type LoadedFlow } from '../support/flow';

interface ProbeFields {
  jobId: string;
  runId: string;
}
type Shape = { jobId: Field<string>; runId: Field<string> };

const fields: Shape = { jobId: jobIdField(), runId: runIdField() };
const PROBE = 'rescale-probe';
const place = { jobId: 'j1', runId: '2' };

/** A node that does what the test says. */
const probe = (context: (context: InputContext<ProbeFields>) => Results): NodeModule =>
  defineNode({ type: PROBE, fields, input: context });

const holding = (setup: (host: NodeHost<ProbeFields>) => Behaviour<ProbeFields>): NodeModule =>
  defineNode({ type: PROBE, fields, busy: 'waiting', setup });

/** Something that a test waits for. */
function signalled() {
  let give = () => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

describe('the seam to Node-RED', () => {
  let simulator: Simulator;
  let flow: LoadedFlow | null = null;

  before(async () => {
    simulator = await startSimulator({ speed: 0 });
  });
  after(() => simulator.close());
  afterEach(async () => {
    await flow?.unload();
    flow = null;
  });

  const load = async (module: NodeModule, config: Record<string, unknown> = {}): Promise<LoadedFlow> => {
    const [nodes, options] = flowAround({ type: PROBE, ...config }, platformOf(simulator));
    flow = await loadFlow(nodes, { ...options, own: { [PROBE]: module } });
    return flow;
  };
  const deployChanged = (loaded: LoadedFlow, config: Record<string, unknown>) => {
    const [nodes, { credentials }] = flowAround({ type: PROBE, ...config }, platformOf(simulator));
    return loaded.deploy(nodes, 'nodes', credentials);
  };

  describe('one message', () => {
    it('keeps the incoming message and sets payload, ids and msg.rescale', async () => {
      const loaded = await load(
        probe(async ({ trace }) => {
          trace.attempts = 3;
          trace.status = 200;
          return Promise.resolve({ payload: 'result', set: { path: 'a/b' }, rescale: { state: 'running' } });
        }),
      );
      loaded.receive('node', {
        payload: 'asked',
        topic: 'mine',
        nested: { kept: true },
        jobId: 'Ab1',
        runId: 7,
      });
      const message = await loaded.take('out');
      message.should.have.properties({ payload: 'result', topic: 'mine', nested: { kept: true } });
      message.should.have.properties({ jobId: 'Ab1', runId: '7', path: 'a/b' });
      message.rescale!.should.deepEqual({
        platform: simulator.origin,
        jobId: 'Ab1',
        runId: '7',
        link: `${simulator.origin}/jobs/Ab1/runs/7/results/`,
        status: 200,
        attempts: 3,
        state: 'running',
      });
    });

    it('ends with exactly one done', async () => {
      const loaded = await load(probe(() => Promise.resolve({ payload: 1 })));
      loaded.receive('node', { ...place, n: 1 });
      loaded.receive('node', { ...place, n: 2 });
      const completed = await loaded.takeAll('completed', 2);
      completed.map(({ n }) => n).should.deepEqual([1, 2]);
      loaded.received('caught').should.be.empty();
    });

    it('goes to the output that the result names', async () => {
      const loaded = await load(probe(() => Promise.resolve({ payload: 'second', output: 1 })));
      loaded.receive('node', place);
      (await loaded.take('out2')).payload!.should.equal('second');
      loaded.received('out').should.be.empty();
    });

    it('is answered with nothing when the work says nothing, and still done', async () => {
      const loaded = await load(probe(() => Promise.resolve()));
      loaded.receive('node', place);
      await loaded.take('completed');
      loaded.received('out').should.be.empty();
    });
  });

  describe('several messages', () => {
    it('share nothing with each other', async () => {
      const loaded = await load(
        probe(async function* () {
          yield { payload: 1 };
          await Promise.resolve();
          yield { payload: 2, rescale: { more: true } };
        }),
      );
      loaded.receive('node', { ...place, nested: { list: [1] } });
      const [first, second] = await loaded.takeAll('out', 2);
      (first!.nested as { list: number[] }).list.push(2);
      second!.nested!.should.deepEqual({ list: [1] });
      [first!.payload, second!.payload].should.deepEqual([1, 2]);
      await loaded.take('completed');
    });

    it('that end in an error were sent, and Catch gets one error', async () => {
      const loaded = await load(
        probe(async function* () {
          yield await Promise.resolve({ payload: 1 });
          throw new RescaleError('RESCALE_SERVER', 'server-fault', { platform: 'p', status: 500 }, 500);
        }),
      );
      loaded.receive('node', place);
      (await loaded.take('out')).payload!.should.equal(1);
      const caught = await loaded.take('caught');
      caught.should.have.property('statusCode', 500);
      loaded.received('completed').should.be.empty();
    });
  });

  describe('an error', () => {
    const refused = () =>
      new RescaleError('RESCALE_AUTH', 'auth', { platform: 'https://eu.rescale.com', status: 401 }, 401);

    it('reaches Catch with its code, its sentence and the status code, and not the output', async () => {
      const loaded = await load(probe(() => Promise.reject(refused())));
      loaded.receive('node', { ...place, payload: 'asked' });
      const caught = await loaded.take('caught');
      caught.error!.should.have.property('code', 'RESCALE_AUTH');
      (caught.error as { message: string }).message.should.startWith(
        'https://eu.rescale.com refused the API key',
      );
      caught.should.have.properties({ statusCode: 401, payload: 'asked' });
      loaded.received('out').should.be.empty();
      loaded.received('completed').should.be.empty();
    });

    for (const [how, work] of Object.entries<(context: InputContext<ProbeFields>) => Results>({
      'thrown at once': () => {
        throw refused();
      },
      'of a generator before its first message': async function* () {
        await Promise.reject(refused());
        yield {};
      },
      'in a result': () => Promise.resolve({ payload: 'part', error: refused() }),
    })) {
      it(`${how} is caught once, and the next message is fine`, async () => {
        let failing = true;
        const loaded = await load(
          probe((call) => (failing ? work(call) : Promise.resolve({ payload: 'fine' }))),
        );
        loaded.receive('node', place);
        (await loaded.take('caught')).error!.should.have.property('code', 'RESCALE_AUTH');
        failing = false;
        loaded.receive('node', { ...place });
        (await loaded.take('out')).payload!.should.equal('fine');
        loaded.received('caught').should.have.length(1);
      });
    }

    it('in a result takes along what the work achieved', async () => {
      const loaded = await load(probe(() => Promise.resolve({ payload: ['one of two'], error: refused() })));
      loaded.receive('node', { ...place, payload: 'asked' });
      (await loaded.take('caught')).payload!.should.deepEqual(['one of two']);
    });

    for (const fault of [
      Object.assign(new Error('boom'), {
        config: { headers: { Authorization: 'Token canary' } },
        code: 'EBOOM',
      }),
      'a text',
      undefined,
      { toString: () => 'an object' },
    ]) {
      it(`that is not one of ours (${String(fault)}) is caught without its properties`, async () => {
        const loaded = await load(
          probe(() => {
            // eslint-disable-next-line @typescript-eslint/only-throw-error -- what others may throw
            throw fault;
          }),
        );
        loaded.receive('node', place);
        const caught = await loaded.take('caught');
        caught.error!.should.have.property('code', 'RESCALE_PROTOCOL');
        JSON.stringify(caught).should.not.containEql('canary');
      });
    }
  });

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
      flow = await loadFlow([...nodes, ...many], { ...options, own: { [PROBE]: module } });
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

  it('speaks the server’s language in warnings and in what goes into payloads', async () => {
    const sentence = { key: 'watch-job-dropped', values: { jobId: 'j1' } } as const;
    const module = holding((host) => ({
      input: (context) => {
        host.warn(sentence);
        return Promise.resolve({ payload: context.translate(sentence) });
      },
    }));
    const loaded = await load((RED) => {
      const translate = (key: string, { jobId }: Record<string, string>) =>
        key.endsWith('errors.watch-job-dropped') ? `Job ${jobId} nicht mehr überwacht` : key;
      module(Object.assign(Object.create(RED) as NodeAPI, { _: translate }));
    });
    const warned = once(loaded.node('node'), 'call:warn') as Promise<[{ args: unknown[] }]>;
    loaded.receive('node', place);
    (await loaded.take('out')).should.have.property('payload', 'Job j1 nicht mehr überwacht');
    (await warned)[0].args.should.eql(['Job j1 nicht mehr überwacht']);
  });

  it('shows a pause of the budget as a yellow ring with its end, and takes it back', async () => {
    const loaded = await load(
      probe(({ client }) => {
        client.budget.pause('jobs', 700);
        return Promise.resolve({ payload: 1 });
      }),
    );
    loaded.receive('node', place);
    const pause = await loaded.status('node', ({ fill, shape }) => fill === 'yellow' && shape === 'ring');
    should(pause.text).match(/^slowed until \d\d:\d\d:\d\d$/);
    await loaded.status('node', ({ fill }) => fill === 'green');
  });

  it('clears the status of a closed node', async () => {
    const loaded = await load(probe(() => Promise.resolve({ payload: 1 })));
    loaded.receive('node', place);
    await loaded.status('node', ({ fill }) => fill === 'green');
    await deployChanged(loaded, { name: 'changed' });
    loaded.statuses('node').at(-1)!.should.deepEqual({});
  });
});
