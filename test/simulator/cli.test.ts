import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'should';
import { closeAll, bench } from './calls';

const cli = join(__dirname, '../../src/simulator/cli.ts');

describe('rescale-simulator', () => {
  const children: ChildProcess[] = [];
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  });
  afterEach(closeAll);
  after(() => {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  function run(...words: string[]) {
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', cli, ...words], {
      cwd: join(__dirname, '../..'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (piece: Buffer) => (said.out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (said.err += piece.toString()));
    return { child, said, closed: once(child, 'close') as Promise<[number | null, string | null]> };
  }

  it('prints where it is, its key, its jobs and a line to try, and ends on a signal', async () => {
    const faults = join(folder, 'faults.json');
    writeFileSync(faults, JSON.stringify([{ path: '/runs/$', status: 503 }]));
    const { child, said, closed } = run('--port', '0', '--token', 'mine', '--speed', '0', '--faults', faults);
    while (!said.out.includes('Ctrl-C')) await once(child.stdout, 'data');
    const [, origin] = /at (http:\/\/127\.0\.0\.1:\d+)\n/.exec(said.out)!;
    said.out.should.containEql('API key: mine').and.containEql('foamSweep');
    said.out.should.containEql(`curl -H 'Authorization: Token mine' ${origin}/api/v2/jobs/foamSweep/runs/`);
    const ask = () =>
      fetch(`${origin}/api/v2/jobs/foamSweep/runs/`, { headers: { authorization: 'Token mine' } });
    (await ask()).status.should.equal(503);
    (await ask()).status.should.equal(200);
    child.kill('SIGTERM');
    (await closed).should.deepEqual([0, null]);
    said.err.should.equal('');
  });

  it('serves the session that the README shows, typed line by line', async function () {
    if (process.platform === 'win32') this.skip(); // the session is one of a POSIX shell
    const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
    const shown = /## The simulator on its own[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)![1]!;
    const { child, said } = run('--port', '0');
    while (!said.out.includes('Ctrl-C')) await once(child.stdout, 'data');
    const [, origin] = /at (http:\/\/127\.0\.0\.1:\d+)\n/.exec(said.out)!;
    const shell = spawn(
      'bash',
      ['-euo', 'pipefail', '-c', shown.replaceAll('http://127.0.0.1:8765', origin!)],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let told = '';
    shell.stdout.on('data', (piece: Buffer) => (told += piece.toString()));
    (await once(shell, 'close'))[0].should.equal(0);
    told.should.containEql('"status":"Pending"').and.containEql('"dateStarted":"20');
    told.should.containEql('"relativePath":"case.txt"').and.containEql('"gateway":"html"');
    told.should.containEql('{"id":"foamSweep"').and.not.containEql('"detail"');
  });

  it('says plainly that the port is taken', async () => {
    const { simulator } = await bench();
    const { port } = new URL(simulator.origin);
    const { said, closed } = run('--port', port);
    (await closed)[0]!.should.equal(1);
    said.err.should.equal(`Port ${port} is taken. Choose another one with --port.\n`);
  });

  it('explains itself, and what is wrong with a command line', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '[{"statis": 3}]');
    const cases: [words: string[], code: number, text: RegExp][] = [
      [['--help'], 0, /--port N[\s\S]*--speed N[\s\S]*--seed N[\s\S]*--token[\s\S]*--faults/],
      [['--port', 'abc'], 1, /^--port must be a number from 0 to 65535\.\n$/],
      [['--speed', '-1'], 1, /--speed/],
      [['--fault', 'x'], 1, /--fault/],
      [['--faults', join(folder, 'none.json')], 1, /can't be read\.\n$/],
      [['--port', '0', '--faults', broken], 1, /^Fault 1: there is no statis\.\n$/],
    ];
    await Promise.all(
      cases.map(async ([words, code, text]) => {
        const { said, closed } = run(...words);
        (await closed)[0]!.should.equal(code, words.join(' '));
        (said.out + said.err).should.match(text);
      }),
    );
  });

  it('has a first line that makes it a command', () => {
    readFileSync(cli, 'utf8').should.startWith('#!/usr/bin/env node\n');
  });
});
