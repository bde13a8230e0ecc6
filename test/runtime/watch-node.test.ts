import 'should';
import type { Poller } from '../../src/runs/polling/poller';
import type { NodeHost } from '../../src/runtime/definition/definition';
import { watchNode, type WatchFields } from '../../src/runtime/long-running/watch-node';
import { virtualClock } from '../runs/virtual-clock';

const FIELDS: Partial<WatchFields> = {
  ...{ scope: 'jobs', jobs: ['one'], events: ['completed'], interval: 5, startFrom: 'now' },
  ...{ outcome: false, files: false, overdue: 0, waiting: 0, search: '' },
};

describe('A watch node', () => {
  it('that is closed while its platform is still being connected does not begin to watch', async () => {
    const clock = virtualClock();
    const ending = new AbortController();
    let connected = () => {};
    const ready = new Promise<void>((resolve) => (connected = resolve));
    let followed = 0;
    const poller = { followJob: () => (followed += 1), stretch: 1 } as unknown as Poller;
    const behaviour = watchNode({
      ...{ id: 'watch', clock, signal: ending.signal, settings: {} },
      connect: () => ready.then(() => ({ origin: 'https://fake.test', shared: () => poller })),
      read: (name: keyof WatchFields) => Promise.resolve(FIELDS[name]),
      warn() {},
    } as unknown as NodeHost<WatchFields>);
    const starting = behaviour.started!();
    ending.abort();
    await behaviour.closed!({ removed: false, configured: true });
    connected();
    await starting.should.be.rejectedWith({ code: 'RESCALE_CLOSED' });
    await clock.advance(60_000);
    followed.should.equal(0);
  });
});
