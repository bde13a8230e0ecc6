import 'should';
import { once } from 'node:events';
import type { NodeAPI } from 'node-red';
import should from 'should';
import { RescaleError } from '../../src/api/errors/errors';
import type { Results, InputContext } from '../../src/runtime/definition/definition';
import {
  deployChanged,
  flowForEach,
  holding,
  load,
  place,
  probe,
  simulator,
  type ProbeFields,
} from './seam-setup';

const planted = () => {
  throw new Error('planted');
};

function nested(depth: number): object {
  let inner = {};
  for (let level = 0; level < depth; level += 1) inner = { inner };
  return inner;
}

describe('the seam to Node-RED', () => {
  flowForEach();

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

    for (const [what, odd] of [
      ['is frozen', (message: object) => Object.freeze(message)],
      [
        'has a payload that can’t be written',
        (message: object) =>
          Object.defineProperty(message, 'payload', { value: 1, writable: false, enumerable: true }),
      ],
      [
        'has a property that can’t be read',
        (message: object) => Object.defineProperty(message, 'odd', { enumerable: true, get: planted }),
      ],
    ] as const) {
      it(`gets its result where it ${what}`, async () => {
        const loaded = await load(
          probe(() => Promise.resolve({ payload: 'stopped', rescale: { confirmed: true } })),
        );
        loaded
          .node('node')
          .receive(odd({ ...place, _msgid: 'm1', topic: 'mine' }) as Record<string, unknown>);
        const message = await loaded.take('out');
        message.should.have.properties({ payload: 'stopped', topic: 'mine', jobId: 'j1' });
        message.rescale!.should.have.property('confirmed', true);
        loaded.received('caught').should.be.empty();
      });
    }

    for (const [what, message] of [
      ['is frozen', () => Object.freeze({ ...place, _msgid: 'm1', topic: 'mine' })],
      [
        'has a property that can’t be read',
        () => ({
          ...place,
          topic: 'mine',
          odd: {
            get value() {
              return planted();
            },
          },
        }),
      ],
      ['is nested too deep to be copied', () => ({ ...place, topic: 'mine', odd: nested(20_000) })],
    ] as const) {
      it(`has its error told once where it ${what}`, async () => {
        const loaded = await load(
          probe(() =>
            Promise.reject(new RescaleError('RESCALE_NOT_FOUND', 'not-found-job', { jobId: 'j1' }, 404)),
          ),
        );
        loaded.node('node').receive(message());
        const caught = await loaded.take('caught');
        caught.should.have.properties({ topic: 'mine', jobId: 'j1', statusCode: 404 });
        caught.should.not.have.property('odd');
        caught.error!.should.have.property('code', 'RESCALE_NOT_FOUND');
        loaded.received('caught').should.have.length(1);
      });
    }

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
      (caught.error as { message: string }).message.should.match(
        /^The platform refused the API key .* Platform: eu\.rescale\.com\.$/,
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
