import { buffer } from 'node:stream/consumers';
import 'should';
import { redirectTarget } from '../../src/api/http/addresses';
import type { RescaleClient } from '../../src/api/client/client';
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

describe('Redirects', () => {
  let platform: ScriptedServer;
  let other: ScriptedServer;
  let client: RescaleClient;

  beforeEach(async () => {
    platform = await startServer();
    other = await startServer(text('bytes from elsewhere'));
    client = clientOf(platform);
  });

  afterEach(async () => {
    client.close();
    await Promise.all([platform.close(), other.close()]);
  });

  it('are followed on the platform, with the token', async () => {
    platform.answerInTurn(redirect('/api/v2/jobs/X/runs/2/', 301), json(run('2')));
    (await client.getRun('X', '2')).id.should.equal('2');
    platform.asked[1]!.should.equal('GET /api/v2/jobs/X/runs/2/');
    platform.requests[1]!.headers.should.have.property('authorization', `Token ${TOKEN}`);
  });

  it('keep a POST a POST where that is what they say', async () => {
    platform.answerInTurn(redirect('/api/v2/jobs/X/runs/1/stop/', 308), json({}));
    await client.stopRun('X', '1');
    platform.asked.should.deepEqual(Array(2).fill('POST /api/v2/jobs/X/runs/1/stop/'));
  });

  it('to an API path of another host stay on the platform', async () => {
    platform.answerInTurn(redirect(`${other.origin}/api/v2/jobs/X/runs/1/?y=1`), json(run('1')));
    (await client.getRun('X', '1')).id.should.equal('1');
    platform.asked[1]!.should.equal('GET /api/v2/jobs/X/runs/1/?y=1');
    other.asked.should.be.empty();
  });

  it('to anywhere else are refused, and name the host', async () => {
    for (const target of [`${other.origin}/login`, 'https://login.example/sso?next=1', 'ftp://127.0.0.1/']) {
      platform.answer(redirect(target));
      const error = await failure(client.getRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_PROTOCOL', statusCode: 302 });
      error.message.should.not.match(/next=1/);
      error.message.should.containEql(`redirects to ${new URL(target).host}, where`);
    }
    for (const target of ['javascript:0', 'https://[/']) {
      platform.answer(redirect(target));
      const error = await failure(client.getRun('X', '1'));
      error.should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'protocol-redirect-odd' });
    }
    other.asked.should.be.empty();
  });

  it('to a page beside the API are refused, whatever the page says', async () => {
    platform.answerInTurn(redirect('/login/?next=/api/v2/'), json({ detail: 'Not found.' }, 404));
    const error = await failure(client.getRun('X', '1'));
    error.should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'protocol-page', statusCode: 302 });
    platform.asked.should.have.length(1);
  });

  it('are not followed with an action that would become a read, and are not told as a page', async () => {
    for (const status of [301, 302, 303]) {
      platform.answer(redirect('/api/v2/jobs/X/runs/1/', status));
      const error = await failure(client.stopRun('X', '1'));
      const about = { code: 'RESCALE_PROTOCOL', key: 'protocol-redirect-action', statusCode: status };
      error.should.have.properties(about);
      error.message.should.match(/a redirect to another of its own addresses/).and.not.match(/page/);
    }
    platform.asked.should.have.length(3);
  });

  it('in a circle come to an end', async () => {
    platform.answer((request, response) => redirect(request.url!)(request, response));
    (await failure(client.getRun('X', '1'))).should.have.properties({
      code: 'RESCALE_PROTOCOL',
      key: 'protocol-redirects',
    });
    (await failure(client.openContents('f'))).code.should.equal('RESCALE_PROTOCOL');
    platform.asked.length.should.be.belowOrEqual(12);
  });

  it('count as requests', async () => {
    const trace = { attempts: 0, status: null as number | null };
    platform.answerInTurn(redirect('/api/v2/jobs/X/runs/1/'), json(run('1')));
    await client.getRun('X', '1', { trace });
    trace.should.deepEqual({ attempts: 2, status: 200 });
  });

  describe('of contents', () => {
    it('lead to the storage, without the token but with the range', async () => {
      platform.answer(redirect(`${other.origin}/bucket/object?sig=secret`));
      const { chunks } = await client.openContents('f', { range: { start: 3 } });
      (await buffer(chunks)).toString().should.equal('bytes from elsewhere');
      other.asked.should.deepEqual(['GET /bucket/object?sig=secret']);
      other.requests[0]!.headers.should.not.have.property('authorization');
      other.requests[0]!.headers.should.have.property('range', 'bytes=3-');
    });

    it('lead to a storage over TLS', async () => {
      const secure = await startServer(text('secret bytes'), true);
      client = clientOf(platform, { tls: { ca: certificate } });
      platform.answer(redirect(`${secure.origin}/object`));
      (await buffer((await client.openContents('f')).chunks)).toString().should.equal('secret bytes');
      secure.requests[0]!.headers.should.not.have.property('authorization');
      await secure.close();
    });

    it('begin anew when the storage fails, for its address may have expired', async () => {
      platform.answer(redirect(`${other.origin}/object`));
      other.answerInTurn(text('<Error><Message>Slow down</Message></Error>', 503), text('bytes'));
      (await buffer((await client.openContents('f')).chunks)).toString().should.equal('bytes');
      platform.asked.should.have.length(2);
    });

    it('get a new address when the storage says 403 once, also after other trouble', async () => {
      platform.answerInTurn(
        redirect(`${other.origin}/object?sig=old`),
        text('', 503),
        redirect(`${other.origin}/object?sig=new`),
      );
      other.answerInTurn(text('<Error><Code>AccessDenied</Code></Error>', 403), text('bytes'));
      (await buffer((await client.openContents('f')).chunks)).toString().should.equal('bytes');
      other.asked.should.deepEqual(['GET /object?sig=old', 'GET /object?sig=new']);

      platform.answerInTurn(
        text('', 503),
        redirect(`${other.origin}/object`),
        redirect(`${other.origin}/object`),
      );
      other.answerInTurn(text('expired', 403), text('bytes'));
      (await buffer((await client.openContents('f')).chunks)).toString().should.equal('bytes');
    });

    it('end when the storage refuses: that is not the key’s fault', async () => {
      platform.answer(redirect(`${other.origin}/object?sig=secret`));
      for (const status of [401, 403, 404]) {
        other.answer(text('<Error>expired ?sig=secret</Error>', status));
        (await failure(client.openContents('f'))).should.have.properties({
          code: 'RESCALE_REJECTED',
          statusCode: status,
        });
      }
    });

    it('don’t pause the platform when the storage is asked too much', async () => {
      platform.answer(redirect(`${other.origin}/object`));
      other.answerInTurn(text('', 429), text('bytes'));
      (await buffer((await client.openContents('f')).chunks)).toString().should.equal('bytes');
      (client.budget.pausedUntil === null).should.be.true();
    });

    const troubles: [string, Answer | 'closed' | 'unknown' | 'insecure', RegExp][] = [
      [
        'refuses connections',
        'closed',
        /^The file storage 127\.0\.0\.1:\d+, where .*: it refuses connections\./,
      ],
      [
        'has an unknown name',
        'unknown',
        /^The file storage storage\.invalid, where .*: its name is not known\./,
      ],
      ['breaks connections', reset, /^The file storage 127\.0\.0\.1:\d+, where .*: the connection breaks\./],
      ['is silent', silence, /^The file storage 127\.0\.0\.1:\d+, where .* did not answer within .* s\./],
      [
        'has a certificate of its own',
        'insecure',
        /can’t be trusted: its certificate.* Server: 127\.0\.0\.1:\d+\.$/,
      ],
      ['is out of service', text('', 503), /still fails \(HTTP 503\).* Server: 127\.0\.0\.1:\d+\.$/],
      ['fails', text('', 500), /HTTP 500.* Server: 127\.0\.0\.1:\d+\.$/],
      ['refuses', text('', 404), /^The file storage behind .*, 127\.0\.0\.1:\d+, refused the file/],
    ];
    for (const [what, trouble, sentence] of troubles) {
      it(`name the storage, and not the platform, when it ${what}`, async () => {
        client.close();
        client = clientOf(platform, { patience: 1_500, timeout: 800 });
        const secure = await startServer(text('bytes'), true);
        const storage =
          trouble === 'unknown'
            ? 'https://storage.invalid'
            : trouble === 'insecure'
              ? secure.origin
              : other.origin;
        if (trouble === 'closed') await other.close();
        else if (typeof trouble === 'function') other.answer(trouble);
        platform.answer(redirect(`${storage}/object?sig=secret`));
        const { message } = await failure(client.openContents('f'));
        message.should.match(sentence);
        message.should.not.match(/secret/);
        message.startsWith(platform.origin).should.be.false();
        const isWithoutAnswer = message.startsWith('The file storage') && typeof trouble === 'string';
        if (isWithoutAnswer) message.should.match(/A firewall or a proxy may let the platform alone through/);
        await secure.close();
      });
    }

    it('don’t lead to plain http elsewhere', async () => {
      platform.answer(redirect('http://storage.example/object'));
      (await failure(client.openContents('f'))).should.have.property('code', 'RESCALE_PROTOCOL');
    });
  });

  it('are judged by where they lead', () => {
    const origin = 'https://platform.rescale.com';
    const from = `${origin}/api/v2/files/f/contents/`;
    const judge = (location: string, contents: boolean) => {
      const target = redirectTarget(location, from, origin, contents);
      return target && `${target.url}${target.withToken ? ' with the token' : ''}`;
    };
    const cases: [string, string | null, string | null][] = [
      ['/x?y=1', null, `${origin}/x?y=1 with the token`],
      ['HTTP://Platform.Rescale.com/x', null, `${origin}/x with the token`],
      ['//platform.rescale.com/api/x', `${origin}/api/x with the token`, `${origin}/api/x with the token`],
      ['https://platform.rescale.com:8443/x', null, 'https://platform.rescale.com:8443/x'],
      ['https://platform.rescale.com.evil.example/x', null, 'https://platform.rescale.com.evil.example/x'],
      ['https://platform.rescale.com@evil.example/x', null, 'https://evil.example/x'],
      ['https://s3.example/b?sig=1#frag', null, 'https://s3.example/b?sig=1'],
      ['http://s3.example/b', null, null],
      ['http://127.0.0.1:9000/b', null, 'http://127.0.0.1:9000/b'],
      [
        'https://inner.example/api/v2/x/',
        `${origin}/api/v2/x/ with the token`,
        'https://inner.example/api/v2/x/',
      ],
      ['data:text/plain,hello', null, null],
      ['file:///etc/passwd', null, null],
      ['http://[', null, null],
    ];
    for (const [location, forJson, forContents] of cases) {
      [location, judge(location, false), judge(location, true)].should.deepEqual([
        location,
        forJson,
        forContents,
      ]);
    }
  });
});
