import 'should';
import type { RescaleClient } from '../../src/api/client/client';
import type { SubmitRequest } from '../../src/runs/jobs/prepare-job';
import { createSubmissions } from '../../src/runtime/long-running/durable-submissions';
import type { InputContext, NodeHost, Storing } from '../../src/runtime/definition/definition';
import { virtualClock } from '../runs/virtual-clock';
import { fullDisk } from './full-disk';

describe('Durable submissions', () => {
  const definition = { name: 'beam', jobanalyses: [{ analysis: { code: 'x', version: '1' }, hardware: {} }] };
  const request = {
    definition,
    jobName: '',
    tokens: null,
    folder: '',
    inputMode: 'add',
    submit: true,
    limitCost: 0,
  } satisfies SubmitRequest;

  function begin(disk: ReturnType<typeof fullDisk>) {
    const clock = virtualClock();
    const closing = new AbortController();
    const unstored: boolean[] = [];
    const after: (() => Promise<unknown>)[] = [];
    let fail: (error: Error) => void = () => {};
    const never = () => new Promise<never>((_resolve, reject) => (fail = reject));
    const client = new Proxy({}, { get: () => never }) as RescaleClient;
    const host = {
      clock,
      signal: closing.signal,
      handedOver: new AbortController().signal,
      sending: () => () => Promise.resolve(true),
      warn() {},
      background: (task: (signal: AbortSignal) => Promise<void>) => void task(closing.signal),
    } as unknown as NodeHost<object>;
    const work = {
      fields: {},
      message: { topic: 'kept' },
      connection: { origin: 'https://fake.test' },
      client,
      clock,
      signal: closing.signal,
      keep: (store: () => Storing) => store().stored,
      showUnstored: (is: boolean) => unstored.push(is),
      afterwards: (act: () => Promise<unknown>) => void after.push(act),
    } as unknown as InputContext<object>;
    const ended = createSubmissions(host, disk).submit(work, request).next();
    // It may reject before anybody looks.
    ended.catch(() => {});
    return { clock, unstored, ended, refuse: (error: Error) => fail(error), after };
  }

  it('are written when the disk has room again, and it is shown until then that they are not', async () => {
    const disk = fullDisk(2);
    const { clock, unstored } = begin(disk);
    await clock.advance(0);
    unstored.should.eql([true]);
    await clock.advance(5_000);
    (await disk.keys()).should.be.empty();
    await clock.advance(10_000);
    unstored.at(-1)!.should.be.false();
    const [kept] = (await disk.list()).items;
    (kept!.value as { record: object }).record.should.have.property('step', 'unmade');
    clock.timers.should.equal(0);
  });

  it('are not written any more once they are over', async () => {
    const disk = fullDisk(1);
    const { clock, unstored, ended, refuse, after } = begin(disk);
    await clock.advance(0);
    refuse(new Error('refused'));
    await ended.should.be.rejected();
    for (const act of after) await act();
    unstored.at(-1)!.should.be.false();
    await clock.advance(600_000);
    (await disk.keys()).should.be.empty();
    clock.timers.should.equal(0);
  });
});
