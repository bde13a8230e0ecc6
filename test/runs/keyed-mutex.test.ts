import 'should';
import { createKeyedMutex } from '../../src/runs/tasks/keyed-mutex';

describe('one at a time', () => {
  it('keeps work of one name in order, and lets that of another name go on', async () => {
    const line = createKeyedMutex();
    const seen: string[] = [];
    let finish = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    const first = line.run('a', undefined, async () => {
      seen.push('first begins');
      await held;
      seen.push('first ends');
    });
    const second = line.run('a', undefined, () => Promise.resolve(seen.push('second')));
    await line.run('b', undefined, () => Promise.resolve(seen.push('another name')));
    finish();
    await Promise.all([first, second]);
    seen.should.eql(['first begins', 'another name', 'first ends', 'second']);
  });

  it('goes on after work that rejects, and leaves out what was aborted while it waited', async () => {
    const line = createKeyedMutex();
    const abort = new AbortController();
    let fail: (error: Error) => void = () => {};
    const first = line.run('a', undefined, () => new Promise<void>((_, reject) => (fail = reject)));
    const second = line.run('a', abort.signal, () => Promise.resolve('second'));
    const third = line.run('a', undefined, () => Promise.resolve('third'));
    abort.abort(new Error('closed'));
    await second.should.be.rejectedWith('closed');
    fail(new Error('broken'));
    await first.should.be.rejectedWith('broken');
    (await third).should.equal('third');
  });
});
