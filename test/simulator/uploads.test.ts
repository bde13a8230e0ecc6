import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'should';
import { bench, closeAll, type Bench, type Told } from './calls';

const CONTENTS = '/api/v2/files/contents/';

const form = (parts: Record<string, string | Blob>, fileName = 'a.txt') => {
  const data = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') data.set(name, value);
    else data.set(name, value, fileName);
  }
  return data;
};

/** fetch sends forms in chunks; the platform wants to know the length. */
async function upload(
  at: Bench,
  parts: Record<string, string | Blob>,
  fileName?: string,
  method = 'POST',
): Promise<Told> {
  const encoded = new Response(form(parts, fileName));
  const body = Buffer.from(await encoded.arrayBuffer());
  return at.get(CONTENTS, {
    method,
    body,
    headers: { 'content-type': encoded.headers.get('content-type')! },
  });
}

/** A body as it is, with the headers as they are. */
function raw(
  at: Bench,
  headers: Record<string, string>,
  pieces: (string | Buffer)[],
  path = CONTENTS,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      at.simulator.origin + path,
      { method: 'POST', headers: { authorization: 'Token simulator', ...headers }, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.once('end', () => resolve({ status: answer.statusCode!, text }));
      },
    );
    call.once('error', reject);
    for (const piece of pieces) call.write(piece);
    call.end();
  });
}

describe('uploads to the simulator', () => {
  afterEach(closeAll);

  it('by POST and by PUT: 201, the file as JSON that calls itself text, and the bytes as they were', async () => {
    const at = await bench();
    const bytes = randomBytes(300_000);
    for (const method of ['POST', 'PUT']) {
      const told = await upload(at, { file: new Blob([bytes]) }, 'mesh.msh', method);
      told.status.should.equal(201);
      told.headers.get('content-type')!.should.equal('text/plain');
      told.json.should.containEql({
        name: 'mesh.msh',
        typeId: 1,
        decryptedSize: bytes.length,
        isDeleted: false,
      });
      told.json.md5.should.equal(createHash('md5').update(bytes).digest('hex'));
      const read = await fetch(`${at.simulator.origin}/api/v2/files/${told.json.id}/contents/`, {
        headers: { authorization: 'Token simulator', range: 'bytes=299000-' },
      });
      Buffer.from(await read.arrayBuffer())
        .equals(bytes.subarray(299_000))
        .should.be.true();
      (await at.get(`/api/v2/files/${told.json.id}/`)).json.should.deepEqual(told.json);
    }
    const { results } = (await at.get('/api/v2/files/?search=mesh&owner=1')).json;
    results.should.have.length(2);
    results[0].id.should.not.equal(results[1].id);
  });

  it('take the type from a field, from a field that is sent like a file, or from a header of the part', async () => {
    const at = await bench();
    const typeOf = (told: { text: string }) => (JSON.parse(told.text) as { typeId: number }).typeId;
    typeOf(await upload(at, { file: new Blob(['x']), typeId: '4' })).should.equal(4);
    const mixed = [
      '--b',
      'Content-Disposition: form-data; name="file"; filename="t"',
      'type_id: 2',
      '',
      'text',
      '--b--',
      '',
    ].join('\r\n');
    const python =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="t"\r\n\r\ntext\r\n' +
      '--b\r\nContent-Disposition: form-data; name="typeId"; filename="typeId"\r\n\r\n3\r\n--b--\r\n';
    for (const [body, type] of [
      [mixed, 2],
      [python, 3],
    ] as const) {
      const told = await raw(
        at,
        { 'content-type': 'multipart/form-data; boundary=b', 'content-length': String(body.length) },
        [body],
      );
      told.status.should.equal(201, told.text);
      typeOf(told).should.equal(type);
    }
  });

  it('keep the leaf of a path, and names of every alphabet', async () => {
    const at = await bench();
    for (const [sent, kept] of [
      ['case/0/U', 'U'],
      ['C:\\case\\mesh.cas', 'mesh.cas'],
      ['Flügel 翼.stp', 'Flügel 翼.stp'],
      ['a"b.txt', 'a"b.txt'],
    ] as const) {
      const name = sent.replace(/(["\\])/g, '\\$1');
      const body = Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\nx\r\n--b--\r\n`,
      );
      const told = await raw(
        at,
        { 'content-type': 'multipart/form-data; boundary=b', 'content-length': String(body.length) },
        [body],
      );
      (JSON.parse(told.text) as { name: string }).name.should.equal(kept);
    }
  });

  it('come whole however the form is cut on its way', async () => {
    const at = await bench();
    const content = `--b\r\n-${'\r\n--'.repeat(30)}`;
    const body = Buffer.from(
      `--bb\r\nContent-Disposition: form-data; name="file"; filename="t"\r\n\r\n${content}\r\n--bb--\r\n`,
    );
    for (const size of [1, 7, 64]) {
      const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
        body.subarray(at * size, at * size + size),
      );
      const told = await raw(
        at,
        { 'content-type': 'multipart/form-data; boundary=bb', 'content-length': String(body.length) },
        pieces,
      );
      const { id } = JSON.parse(told.text) as { id: string };
      (await at.get(`/api/v2/files/${id}/contents/`)).text.should.equal(content);
    }
  });

  it('are refused without a length, beyond the limit, without a file, and cut short', async () => {
    const at = await bench({ uploadLimit: 1000 });
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    const chunked = await raw(at, { ...multipart, 'transfer-encoding': 'chunked' }, ['--b--\r\n']);
    chunked.should.deepEqual({
      status: 411,
      text: '{"detail":"A Content-Length is required; chunked bodies are not taken."}',
    });
    const large = await upload(at, { file: new Blob([randomBytes(2_000_000)]) });
    large.status.should.equal(413);
    large.json.detail.should.match(
      /^The upload has 2000\d{3} bytes; the most that is taken is 1000 bytes\.$/,
    );
    (await upload(at, { typeId: '1' })).should.containEql({
      status: 400,
      text: '{"file":["No file was submitted."]}',
    });
    (await at.post(CONTENTS, { file: 'x' })).status.should.equal(415);
    const short = '--b\r\nContent-Disposition: form-data; name="file"; filename="t"\r\n\r\ntext';
    (await raw(at, { ...multipart, 'content-length': String(short.length) }, [short])).status.should.equal(
      400,
    );
    (await at.get('/api/v2/files/')).json.results
      .every(({ name }: { name: string }) => name !== 't')
      .should.be.true();
    const stranger = await at.get(CONTENTS, {
      method: 'POST',
      headers: { authorization: 'Token another' },
      body: 'x',
    });
    stranger.status.should.equal(401);
  });

  it('change type and name, and go on being named by jobs when they are deleted', async () => {
    const at = await bench();
    const { id } = (await upload(at, { file: new Blob(['x']) })).json;
    const path = `/api/v2/files/${id}/`;
    const patch = (body: object) =>
      at.get(path, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    (await patch({ typeId: 2 })).json.should.containEql({ typeId: 2, name: 'a.txt' });
    (await patch({ typeId: 'x' })).should.containEql({
      status: 400,
      text: '{"typeId":["A valid integer is required."]}',
    });
    (await at.post('/api/v3/files/bulk/type-change/', { ids: [id], type: 1 })).status.should.equal(200);
    (await at.get(path)).json.typeId.should.equal(1);
    (await at.get(path, { method: 'DELETE' })).should.containEql({ status: 204, text: '' });
    (await at.get(path)).status.should.equal(404);
    (await at.get(`${path}contents/`)).status.should.equal(404);
    (await at.get(path, { method: 'DELETE' })).status.should.equal(404);
  });

  it('go to the disk while they arrive, and are gone from it with the simulator', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'uploads-'));
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = folder;
    after(() => {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      rmSync(folder, { recursive: true });
    });
    const at = await bench();
    const size = 200 * 1024 * 1024;
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n';
    const tail = '\r\n--b--\r\n';
    const piece = Buffer.alloc(1024 * 1024, 7);
    const told = await new Promise<string>((resolve, reject) => {
      const call = request(
        `${at.simulator.origin}${CONTENTS}`,
        {
          method: 'POST',
          headers: {
            authorization: 'Token simulator',
            'content-type': 'multipart/form-data; boundary=b',
            'content-length': head.length + size + tail.length,
          },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => (text += part));
          answer.once('end', () => resolve(text));
        },
      );
      call.once('error', reject);
      call.write(head);
      let left = size / piece.length;
      const more = () => {
        while (left > 0) {
          left -= 1;
          if (!call.write(piece)) return void call.once('drain', more);
        }
        call.end(tail);
      };
      more();
    });
    const file = JSON.parse(told) as { decryptedSize: number; md5: string | null; id: string };
    file.decryptedSize.should.equal(size);
    (file.md5 === null).should.be.true();
    (
      await at.get(`/api/v2/files/${file.id}/contents/`, { headers: { range: 'bytes=-3' } })
    ).text.should.equal('\x07\x07\x07');
    const onDisk = (readdirSync(folder, { recursive: true }) as string[]).map((path) =>
      statSync(join(folder, path)),
    );
    onDisk
      .filter((entry) => entry.isFile())
      .map((entry) => entry.size)
      .should.deepEqual([size]);
    await closeAll();
    readdirSync(folder).should.be.empty();
  });
});
