import 'should';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { archiveEntries } from '../../src/simulator/content/archives';
import { contentOf } from '../../src/simulator/content/contents';
import { bench, closeAll } from './calls';
import { uploaded } from './upload';

const files = {
  'case/0/U': 'uniform (1 0 0)',
  'case/mesh.bin': 'x'.repeat(5000),
  '../outside': 'no',
  '/etc/x': 'y',
};

function zipOf(entries: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [data, path] = [deflateRawSync(text), Buffer.from(name)];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(path.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(text.length, 24);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt32LE(offset, 42);
    central.push(entry, path);
    parts.push(local, path, data);
    offset += local.length + path.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...central, end]);
}

function tarOf(entries: Record<string, string>): Buffer {
  const blocks = Object.entries(entries).flatMap(([name, text]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0, 100);
    head.write(text.length.toString(8).padStart(11, '0'), 124);
    head.write('0', 156);
    head.write('ustar', 257);
    return [head, Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const contents = (archive: Buffer) =>
  archiveEntries(contentOf(archive))?.map(({ path, content }) => [
    path,
    content.slice(0, content.size).toString(),
  ]);

describe('archives among the inputs of a job', () => {
  afterEach(closeAll);

  for (const [kind, archive] of [
    ['zip', zipOf(files)],
    ['tar', tarOf(files)],
    ['tar.gz', gzipSync(tarOf(files))],
  ] as const) {
    it(`of ${kind} are unpacked, and nothing outside of the work directory`, () => {
      contents(archive)!.should.deepEqual([
        ['case/0/U', files['case/0/U']],
        ['case/mesh.bin', files['case/mesh.bin']],
        ['etc/x', 'y'],
      ]);
    });
  }

  it('stay as they are when they are none, or cut short', () => {
    for (const bytes of [Buffer.from('PK, he said'), zipOf(files).subarray(0, 300), Buffer.alloc(0)])
      (contents(bytes) === undefined).should.be.true();
  });

  it('are unpacked on the cluster, unless the reference says otherwise', async () => {
    const at = await bench();
    const id = (await uploaded(at, 'case.tar', tarOf({ 'case/0/U': 'u' }).toString('latin1'))).id;
    const pathsOf = async (decompress?: boolean) => {
      const tile = {
        analysis: { code: 'user_included', version: '0' },
        command: 'sleep 600',
        hardware: { coreType: 'emerald', coresPerSlot: 1 },
        inputFiles: [{ id, ...(decompress !== undefined && { decompress }) }],
      };
      const job = String((await at.post('/api/v2/jobs/', { name: 'j', jobanalyses: [tile] })).json.id);
      await at.post(`/api/v2/jobs/${job}/submit/`);
      at.simulator.advance(300);
      const { json } = await at.get(`/api/v2/jobs/${job}/runs/1/directory-contents/`);
      return (json as { path: string }[]).map(({ path }) => path).filter((path) => path.includes('case'));
    };
    (await pathsOf()).should.deepEqual(['shared/case/0/U']);
    (await pathsOf(false)).should.deepEqual(['shared/case.tar']);
  });
});
