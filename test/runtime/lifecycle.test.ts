import 'should';
import { endInputs, startWhenPossible } from '../../src/runtime/node/lifecycle';
import type { ClosingInput } from '../../src/runtime/node/input-ends';
import type { NodeInstance } from '../../src/runtime/node/node-instance';

/** A message that is being written, to a disk that does not come to an end. */
function writing() {
  let givenUp = false;
  const input: ClosingInput = {
    told: new Promise<void>(() => undefined),
    ended: Promise.resolve(),
    giveUpStoring: () => void (givenUp = true),
  };
  return { input, isGivenUp: () => givenUp };
}

describe('The end of messages that are being written as their node closes', () => {
  it('does not come with the end of the patience: they are written on for the next node', async () => {
    const { input, isGivenUp } = writing();
    await endInputs([input], true, 5);
    isGivenUp().should.be.false();
  });

  it('comes at once where the node is in no flow any more', async () => {
    const { input, isGivenUp } = writing();
    const ended = endInputs([{ ...input, told: Promise.resolve() }], false, 5);
    isGivenUp().should.be.true();
    await ended;
  });
});

describe('A node whose state can’t be read when it starts', () => {
  it('says so once, and that it is tried again, and starts when it can', async () => {
    const reports: string[] = [];
    const cleared: string[] = [];
    let attempts = 0;
    const instance = {
      RED: { _: (key: string) => key, nodes: { eachNode() {} }, settings: {} },
      started: Promise.resolve(),
      signal: new AbortController().signal,
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      board: { clear: (kind: string) => cleared.push(kind) },
      showFailure() {},
      report: (error: Error) => reports.push(error.message),
    } as unknown as NodeInstance;
    await startWhenPossible(instance, () => {
      attempts += 1;
      if (attempts > 2) return Promise.resolve();
      return Promise.reject(Object.assign(new Error('EIO: i/o error, scandir'), { code: 'EIO' }));
    });
    attempts.should.equal(3);
    reports.length.should.equal(1);
    reports[0]!.should.match(/keeps its state can’t be read.*tried again.*EIO/);
    cleared.should.eql(['failed']);
  });
});
