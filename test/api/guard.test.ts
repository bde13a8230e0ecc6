import 'should';
import { EventEmitter, once } from 'node:events';
import {
  guarded,
  inBackground,
  listen,
  onAbort,
  onEscapedFault,
  soon,
  startTimer,
  whenSettled,
} from '../../src/api/errors/guard';

describe('What is thrown where nobody can catch it', () => {
  const planted = new Error('planted');
  const fail = () => {
    throw planted;
  };
  let faults: unknown[];
  let stop: () => void;
  const told = new EventEmitter();

  beforeEach(() => {
    faults = [];
    stop = onEscapedFault((fault) => {
      faults.push(fault);
      told.emit('fault');
    });
  });
  afterEach(() => stop());

  for (const [where, plant] of [
    ['a timer', () => startTimer(0, fail)],
    ['a microtask', () => soon(fail)],
    ['an async listener', () => guarded(() => Promise.reject(planted))()],
    ['a promise nobody waits for', () => inBackground(Promise.reject(planted))],
    ['what follows a promise', () => whenSettled(Promise.resolve(), fail)],
    ['what follows a rejection', () => whenSettled(Promise.reject(new Error('before')), () => {}, fail)],
    [
      'an emitter',
      () => {
        const emitter = new EventEmitter();
        listen(emitter, 'event', fail);
        process.nextTick(() => emitter.emit('event'));
      },
    ],
    [
      'an abort',
      () => {
        const controller = new AbortController();
        onAbort(controller.signal, fail);
        process.nextTick(() => controller.abort());
      },
    ],
  ] as [string, () => unknown][]) {
    it(`in ${where} is told and ends nothing`, async () => {
      const fault = once(told, 'fault');
      plant();
      await fault;
      faults.should.eql([planted]);
    });
  }

  it('is told to every listener, even when one of them throws', () => {
    const stopBad = onEscapedFault(fail);
    let heard = 0;
    const stopGood = onEscapedFault(() => (heard += 1));
    guarded(fail)();
    heard.should.equal(1);
    stopBad();
    stopGood();
  });

  it('keeps the number of parameters, by which Node-RED knows what a listener wants', () => {
    guarded((removed: boolean, done: () => void) => removed && done()).length.should.equal(2);
    guarded(() => {}).length.should.equal(0);
  });

  it('stops listening to a node of Node-RED, which keeps listeners of its own, and to what has one way only', () => {
    for (const only of ['removeListener', 'off'] as const) {
      const own = new Set<() => void>();
      const emitter = { on: (_: string, listener: () => void) => void own.add(listener) };
      const remove = (_: string, listener: () => void) => void own.delete(listener);
      const others = only === 'removeListener' ? { off() {} } : {};
      const end = listen({ ...emitter, ...others, [only]: remove }, 'close', fail);
      own.size.should.equal(1);
      end();
      own.size.should.equal(0);
    }
  });

  it('stops listening and waiting when told to', () => {
    const emitter = new EventEmitter();
    const controller = new AbortController();
    const stops = [listen(emitter, 'event', fail), onAbort(controller.signal, fail), startTimer(5, fail)];
    for (const end of stops) end();
    emitter.emit('event');
    controller.abort();
    faults.should.be.empty();
  });
});
