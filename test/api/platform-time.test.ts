import 'should';
import { createPlatformTime } from '../../src/api/time/clock';
import { virtualClock } from '../runs/virtual-clock';
import { clientOf, json, run, startServer } from './scripted-server';

const HOUR = 3_600_000;

describe('The platform’s time of day', () => {
  const header = (instant: number) => new Date(instant).toUTCString();

  it('is this machine’s until the platform has answered, then its own', () => {
    const clock = virtualClock();
    const time = createPlatformTime(clock);
    time.now().should.equal(clock.now());
    time.observe('no date');
    time.observe(undefined);
    time.now().should.equal(clock.now());
    time.observe(header(clock.now() - 2 * HOUR));
    time.now().should.equal(clock.now() - 2 * HOUR);
  });

  it('is not moved by this machine’s clock when that is set', async () => {
    const clock = virtualClock();
    const time = createPlatformTime(clock);
    const start = clock.now();
    time.observe(header(start));
    clock.setBack(24 * HOUR);
    await clock.advance(60_000);
    time.now().should.equal(start + 60_000);
  });

  it('follows the least delayed of the last answers, also of a cache that says how old its answer is', async () => {
    const clock = virtualClock();
    const time = createPlatformTime(clock);
    const start = clock.now();
    time.observe(header(start));
    await clock.advance(10_000);
    time.observe(header(start));
    time.now().should.equal(start + 10_000);
    time.observe(header(start), '12');
    time.now().should.equal(start + 12_000);
    // A clock that is set back there is believed once nothing else is heard.
    for (let answers = 0; answers < 8; answers += 1) time.observe(header(start - HOUR));
    time.now().should.equal(start - HOUR);
  });

  it('is not moved by an answer with another clock, nor by an age that is none', () => {
    const clock = virtualClock();
    const time = createPlatformTime(clock);
    const start = clock.now();
    for (let answers = 0; answers < 3; answers += 1) time.observe(header(start));
    time.observe(header(start + 24 * HOUR));
    time.now().should.equal(start);
    time.observe(header(start - 24 * HOUR));
    time.now().should.equal(start);
    for (let answers = 0; answers < 9; answers += 1) time.observe(header(start), '99999999');
    time.now().should.equal(start);
  });

  it('is not the gateway’s that answers in the platform’s place', async () => {
    const server = await startServer();
    const client = clientOf(server);
    server.answer((_request, response) => {
      response.writeHead(400, { date: header(Date.now() + 24 * HOUR), 'content-type': 'text/html' });
      response.end('<html>maintenance</html>');
    });
    await client.getRun('a', '1').should.be.rejected();
    (client.platformNow() - Date.now()).should.be.within(-5_000, 5_000);
    client.close();
    await server.close();
  });

  for (const type of ['text/plain', 'application/octet-stream', undefined]) {
    it(`comes with its JSON, though that is called ${type ?? 'nothing'}`, async () => {
      const server = await startServer((_request, response) => {
        response.writeHead(200, {
          date: header(Date.now() - 2 * HOUR),
          ...(type && { 'content-type': type }),
        });
        response.end(`\n ${JSON.stringify(run('1'))}`);
      });
      const client = clientOf(server);
      await client.getRun('a', '1');
      (client.platformNow() - Date.now() + 2 * HOUR).should.be.within(-5_000, 5_000);
      client.close();
      await server.close();
    });
  }

  it('comes with each answer of the platform', async () => {
    const server = await startServer();
    const client = clientOf(server);
    const date = 'Tue, 06 Jan 2026 10:00:00 GMT';
    server.answer((request, response) => {
      response.setHeader('date', date);
      return json(run('1'))(request, response);
    });
    await client.getRun('a', '1');
    const ahead = client.platformNow() - Date.parse(date);
    ahead.should.be.within(0, 5_000);
    client.close();
    await server.close();
  });
});
