import 'should';
import { endInputs } from '../../src/runtime/node/lifecycle';
import type { OpenInput } from '../../src/runtime/node/node-instance';

/** A message that is being written, to a disk that does not come to an end. */
function writing() {
  let givenUp = false;
  const input = {
    open: true,
    ended: Promise.resolve(),
    giveUpStoring: () => void (givenUp = true),
    close: () => new Promise<void>(() => undefined),
  } as unknown as OpenInput;
  return { input, isGivenUp: () => givenUp };
}

describe('The end of messages that are being written as their node closes', () => {
  it('does not come with the end of the patience: they are written on for the next node', async () => {
    const { input, isGivenUp } = writing();
    await endInputs([input], [input.close()], true, 5);
    isGivenUp().should.be.false();
  });

  it('comes at once where the node is in no flow any more', async () => {
    const { input, isGivenUp } = writing();
    const ended = endInputs([input], [Promise.resolve()], false, 5);
    isGivenUp().should.be.true();
    await ended;
  });
});
