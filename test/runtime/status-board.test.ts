import 'should';
import type { NodeAPI, NodeStatus } from 'node-red';
import { setTimeout as pause } from 'node:timers/promises';
import { createStatusBoard, type StatusBoard } from '../../src/runtime/node/status-board';

describe('the status of a node', () => {
  let board: StatusBoard;
  let sent: NodeStatus[];

  beforeEach(() => {
    sent = [];
    board = boardOf((text) => text);
  });
  afterEach(() => board.close());

  /** A board whose texts are their keys and values, as `put` has them. */
  const boardOf = (put: (text: string) => string): StatusBoard => {
    const _ = (key: string, values: object) => put([nameOf(key), ...Object.values(values)].join(' '));
    const status = ({ text, ...dot }: NodeStatus) =>
      void sent.push(text === undefined ? dot : { ...dot, text: nameOf(text) });
    return createStatusBoard({ _ } as unknown as NodeAPI, { status }, 'waiting');
  };
  const nameOf = (key: string) => key.replace(/^.*:status\./, '');

  /** The throttle is a quarter of a second; what is shown after it stays. */
  const settled = async () => {
    await pause(400);
    const { fill, shape, text } = sent.at(-1)!;
    return `${fill} ${shape}: ${text}`;
  };

  it('shows a change at once when nothing was shown lately', () => {
    board.show('idle', { key: 'simulator' });
    sent.should.deepEqual([{ fill: 'grey', shape: 'ring', text: 'simulator' }]);
  });

  it('is sent a few times, however many messages pass', async () => {
    for (let n = 0; n < 5000; n += 1) {
      const key = {};
      board.begin(key);
      board.end(key);
      board.show('done', { key: 'runs', values: { count: n } });
    }
    (await settled()).should.equal('green dot: runs 4999');
    sent.length.should.be.belowOrEqual(5);
  });

  it('says again that nothing was found, because nothing else does', async () => {
    for (const key of [{}, {}]) {
      board.begin(key);
      board.end(key, { key: 'no-runs', kind: 'idle' });
      (await settled()).should.equal('grey ring: no-runs');
    }
    sent.filter(({ text }) => text === 'no-runs').should.have.length(2);
  });

  it('is put into words once, however often the same is shown', async () => {
    let rendered = 0;
    const own = boardOf(() => String((rendered += 1)));
    for (let n = 0; n < 3; n += 1) {
      own.show('done', { key: 'runs', values: { count: 7 } });
      // Longer than the throttle, so that each could be sent.
      await pause(300);
    }
    rendered.should.equal(1);
    own.close();
  });

  it('counts what is in progress, and shows its own word for a single message', async () => {
    const [one, two] = [{}, {}];
    board.begin(one);
    board.begin(two);
    board.busy(one, { key: 'confirming-stop' });
    (await settled()).should.equal('blue dot: waiting 2');
    board.end(two);
    (await settled()).should.equal('blue dot: confirming-stop');
    board.end(one);
    board.show('failed', { key: 'failed-auth' });
    (await settled()).should.equal('red dot: failed-auth');
  });

  it('shows trouble before everything else until all of it is over', async () => {
    const [one, two] = [{}, {}];
    board.show('done', { key: 'done' });
    board.trouble(one, { key: 'throttled' }, Date.now());
    board.trouble(two, { key: 'failed-network' });
    (await settled()).should.equal('yellow ring: failed-network');
    board.trouble(two, null);
    (await settled()).should.match(/^yellow ring: throttled \d\d:\d\d:\d\d$/);
    board.trouble(one, null);
    (await settled()).should.equal('green dot: done');
  });

  it('forgets the trouble of a message that has ended', async () => {
    const one = {};
    board.show('done', { key: 'done' });
    board.begin(one);
    board.trouble(one, { key: 'failed-network' });
    board.end(one);
    (await settled()).should.equal('green dot: done');
  });

  it('is not sent again when it has not changed', async () => {
    board.show('done', { key: 'done' });
    await settled();
    board.show('done', { key: 'done' });
    await settled();
    sent.should.have.length(1);
  });

  it('is cleared by the close, and stays so', async () => {
    board.show('done', { key: 'done' });
    board.show('failed', { key: 'failed-auth' });
    board.close();
    board.show('done', { key: 'done' });
    await pause(400);
    sent.at(-1)!.should.deepEqual({});
  });
});
