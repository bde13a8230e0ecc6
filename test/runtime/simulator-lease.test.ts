import 'should';
import { leaseSimulator, type StartSimulator } from '../../src/runtime/platform/simulator-lease';

/** Simulators that only count; each has its number in its origin. */
function counted() {
  const closed: string[] = [];
  let started = 0;
  let told = () => {};
  const start: StartSimulator = () => {
    started += 1;
    const origin = `http://127.0.0.1:${started}`;
    return Promise.resolve({
      origin,
      token: 't',
      restart() {},
      close: () => {
        closed.push(origin);
        told();
        return Promise.resolve();
      },
    });
  };
  return { start, closed, closing: new Promise<void>((resolve) => (told = resolve)) };
}

describe('the simulator in the process', () => {
  it('is shared by all who ask for the same speed, and closed some seconds after the last has gone', async () => {
    const { start, closed, closing } = counted();
    const [one, two] = await Promise.all([leaseSimulator(start, 11), leaseSimulator(start, 11)]);
    two.simulator.should.equal(one.simulator);
    one.release();
    one.release();
    two.release();
    const three = await leaseSimulator(start, 11);
    three.simulator.should.equal(one.simulator);
    three.release();
    closed.should.be.empty();
    await closing;
    closed.should.deepEqual([one.simulator.origin]);
    const four = await leaseSimulator(start, 11);
    four.simulator.should.not.equal(one.simulator);
    four.release();
  });

  it('is another one at another speed', async () => {
    const { start } = counted();
    const [slow, fast] = await Promise.all([leaseSimulator(start, 12), leaseSimulator(start, 13)]);
    fast.simulator.should.not.equal(slow.simulator);
    slow.release();
    fast.release();
  });

  it('that could not start is tried again by the next who asks', async () => {
    const failing: StartSimulator = () => Promise.reject(new Error('the port is taken'));
    await leaseSimulator(failing, 14).should.be.rejectedWith({
      code: 'RESCALE_CONFIG',
      message: 'The simulator could not be started: the port is taken',
    });
    const lease = await leaseSimulator(counted().start, 14);
    lease.simulator.token.should.equal('t');
    lease.release();
  });
});
