import { inspect } from 'node:util';
import 'should';
import type { Contents, RescaleClient } from '../../src/api/client/client';
import {
  certificate,
  clientOf,
  failure,
  json,
  redirect,
  reset,
  run,
  silence,
  startServer,
  text,
  TOKEN,
  type Answer,
  type ScriptedServer,
} from './scripted-server';

const SIGNED = 'https://bucket.s3.example/object?X-Amz-Signature=5ecre7&sig=5ecre7';

/** Everything that can be reached from a value, also what is not enumerable. */
function reachable(value: unknown, seen = new Set<object>()): unknown[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return [value];
  if (seen.has(value)) return [];
  seen.add(value);
  return [
    value,
    ...Reflect.ownKeys(value).flatMap((key) => [key, ...reachable(Reflect.get(value, key), seen)]),
  ];
}

function holdsNothingSecret(error: unknown): void {
  const found = reachable(error);
  for (const name of ['config', 'request', 'response', 'headers', 'cause', 'toJSON', 'isAxiosError']) {
    found.includes(name).should.be.false(`the error has ${name}`);
  }
  for (const shown of [
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error),
    String(error),
    ...found,
  ]) {
    String(shown).should.not.match(new RegExp(`${TOKEN}|5ecre7|axios`, 'i'));
  }
}

describe('Secrets', () => {
  let server: ScriptedServer;
  let client: RescaleClient;

  beforeEach(async () => {
    server = await startServer();
    client = clientOf(server, { timeout: 100, patience: 150 });
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });

  const echo = `Token ${TOKEN} may not read ${SIGNED} (token=${TOKEN}, sig=5ecre7)`;
  const answers: [string, Answer][] = [
    ['401', json({ detail: echo }, 401)],
    ['404', json({ detail: echo }, 404)],
    ['400 with a detail', json({ detail: echo }, 400)],
    ['400 with fields', json({ url: [SIGNED], nested: { deep: [{ token: echo }] } }, 400)],
    ['400 with a bare string', json(echo, 400)],
    ['400 with text', text(echo, 400)],
    ['400 with a page', text(`<html><title>${echo}</title></html>`, 400)],
    ['429', json({ detail: echo }, 429)],
    ['500', text(echo, 500)],
    ['503', text(echo, 503)],
    ['a notice', json({ detail: echo })],
    ['a page', text(`<html>${echo}</html>`)],
    ['cut JSON', text(`{"detail": "${echo}`)],
    ['a redirect', redirect(`https://evil.example/?token=${TOKEN}&sig=5ecre7`)],
    ['a reset', reset],
    ['silence', silence],
  ];
  for (const [name, answer] of answers) {
    it(`are not in the error after ${name}`, async () => {
      server.answer(answer);
      holdsNothingSecret(await failure(client.getRun('X', '1')));
      holdsNothingSecret(await failure(client.snapshotRun('X', '1')));
      const contents = await client.openContents('f').catch((error: unknown) => error);
      if (contents instanceof Error) holdsNothingSecret(contents);
      else (contents as Contents).discard();
    });
  }

  it('are not in the error when nobody listens, the name is unknown or the certificate is bad', async () => {
    const { origin } = server;
    await server.close();
    holdsNothingSecret(await failure(client.getRun('X', '1')));
    holdsNothingSecret(
      await failure(clientOf({ origin: 'https://nowhere.invalid' }, { patience: 100 }).getRun('X', '1')),
    );
    server = await startServer(json({}), true);
    holdsNothingSecret(await failure(clientOf(server).getRun('X', '1')));
    origin.should.be.String();
  });

  it('are not in the error of a proxy', async () => {
    const proxy = { url: 'http://127.0.0.1:9', username: 'user', password: '5ecre7' };
    const behind = clientOf(
      { origin: 'https://127.0.0.1:9' },
      { patience: 100, proxy, tls: { ca: certificate } },
    );
    holdsNothingSecret(await failure(behind.getRun('X', '1')));
  });

  it('are cut out of every file, however deep', async () => {
    const file = {
      id: 'dmpTse',
      name: 'nut',
      encodedEncryptionKey: '5BBRrtu98/BwNNTkPnJtgaHS2VZ0IzUwgQ+fFqc5rhk=',
      downloadUrl: `${SIGNED}#5ecre7`,
      storage: { encodedEncryptionKey: 'x', url: SIGNED, list: [{ href: SIGNED }] },
      relativePath: 'a?b=c',
    };
    const clean = {
      id: 'dmpTse',
      name: 'nut',
      downloadUrl: 'https://bucket.s3.example/object',
      storage: {
        url: 'https://bucket.s3.example/object',
        list: [{ href: 'https://bucket.s3.example/object' }],
      },
      relativePath: 'a?b=c',
    };
    server.answer(json(file));
    (await client.getFile('dmpTse')).should.deepEqual(clean);
    (await client.getJob('dmpTse')).should.deepEqual(clean);
    server.answer(json({ count: 1, next: null, results: [file] }));
    (await client.listRunFiles('X', '1').next()).value!.rows.should.deepEqual([clean]);
    (await client.listJobFiles('X').next()).value!.rows.should.deepEqual([clean]);
    (await client.listJobs().next()).value!.rows.should.deepEqual([clean]);
  });

  it('are sent nowhere else, whatever the platform says', async () => {
    const evil = await startServer(json(run('1')));
    const next = `${evil.origin}/api/v2/jobs/X/runs/?page=2`;
    server.answer(json({ count: 2, next, results: [run('1')] }));
    await client.listRuns('X').next();
    const pages = client.listRuns('X', { pageSize: 1 });
    await pages.next();
    await failure(pages.next());
    server.answer(redirect(`${evil.origin}/login`));
    await failure(client.getRun('X', '1'));
    await failure(client.stopRun('X', '1'));
    evil.asked.should.be.empty();
    await evil.close();
  });
});
