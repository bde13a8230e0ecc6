import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import should from 'should';
import { createElapsedTime, STOOD_STILL, systemClock } from '../../src/api/time/clock';

describe('Elapsed time', () => {
  const machine = () => {
    const time = { running: 500, uptime: 90_000, hidden: false };
    const elapsed = createElapsedTime({
      running: () => time.running,
      uptime: () => {
        if (time.hidden) throw new Error('no /proc');
        return time.uptime / 1000;
      },
    });
    const pass = (milliseconds: number) => {
      time.running += milliseconds;
      time.uptime += milliseconds;
    };
    return { time, elapsed, pass };
  };

  it('counts the time that the machine slept', () => {
    const { time, elapsed, pass } = machine();
    const start = elapsed();
    pass(1000);
    time.uptime += 7_200_000;
    (elapsed() - start).should.equal(7_201_000);
    pass(500);
    (elapsed() - start).should.equal(7_201_500);
  });

  it('is not moved by an uptime that is told in whole seconds', () => {
    const { time, elapsed } = machine();
    const start = elapsed();
    for (let step = 1; step <= 50; step += 1) {
      time.running += 100;
      time.uptime = Math.floor((90_000 + 100 * step) / 1000) * 1000 + 1000;
      should(elapsed() - start).equal(100 * step);
    }
  });

  it('goes on without an uptime, and never back', () => {
    const { time, elapsed, pass } = machine();
    const start = elapsed();
    pass(1000);
    time.hidden = true;
    (elapsed() - start).should.equal(1000);
    time.hidden = false;
    time.uptime -= 60_000;
    time.running += 10;
    (elapsed() - start).should.equal(1010);
  });
});

describe('A sleep that is over while the machine stands still', () => {
  it('lets what came meanwhile be read first, so that it is not told as late', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [far] = (await once(server, 'connection')) as [Socket];
    const order: string[] = [];
    const arrived = once(near, 'data').then(() => order.push('data'));
    const slept = systemClock.sleep(20).then(() => order.push('over'));
    far.write('x');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STOOD_STILL + 100);
    await Promise.all([arrived, slept]);
    near.destroy();
    server.close();
    order.should.eql(['data', 'over']);
  });

  it('heeds a signal that is aborted by then', async () => {
    const abort = new AbortController();
    const slept = systemClock.sleep(20, abort.signal);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STOOD_STILL + 100);
    setImmediate(() => abort.abort(new Error('given up')));
    await slept.should.be.rejectedWith('given up');
  });
});
