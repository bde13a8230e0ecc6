import 'should';

import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { freePort, projectFolder, temporaryFolder } from './scripts';

/** What the loop builds from. It is copied, so that the change of a test is none of the project. */
const SOURCES = [
  'src',
  'nodes',
  'icons',
  'scripts',
  'demo',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

describe('npm run dev', function () {
  this.timeout(120_000);
  const project = temporaryFolder('dev');
  let child: ChildProcess;
  const news = new EventEmitter();
  let said = '';
  let editor: string;
  let debuggerPort: number;

  /** Resolves with the line, which may have been printed already. */
  async function printed(pattern: RegExp, from = 0): Promise<string> {
    for (;;) {
      const line = said
        .slice(from)
        .split('\n')
        .find((one) => pattern.test(one));
      if (line !== undefined) return line;
      if (child.exitCode !== null) throw new Error(`it ended (${child.exitCode}):\n${said}`);
      await once(news, 'line');
    }
  }

  before(async () => {
    for (const source of SOURCES) {
      cpSync(join(projectFolder, source), join(project, source), { recursive: true });
    }
    for (const folder of ['node_modules', 'examples']) {
      symlinkSync(join(projectFolder, folder), join(project, folder), 'junction');
    }
    const port = await freePort();
    debuggerPort = await freePort();
    editor = `http://127.0.0.1:${port}/`;
    child = spawn(process.execPath, [join(project, 'scripts', 'dev.mjs')], {
      env: { ...process.env, PORT: String(port), INSPECT: String(debuggerPort) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface(stream).on('line', (line) => {
        said += `${line}\n`;
        news.emit('line');
      });
    }
    child.once('close', () => news.emit('line'));
    await printed(/^dev: http/);
  });

  after(async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  });

  it('serves a change, and says how long that took', async () => {
    const from = said.length;
    const node = join(project, 'nodes', 'get-run', 'node.ts');
    writeFileSync(node, `${readFileSync(node, 'utf8')}\nconsole.log('changed in its source');\n`);
    const line = await printed(/^dev: built/, from);
    line.should.match(/^dev: built 1 changed in \d+ ms, running again after \d+\.\d s$/);
    said.slice(from).should.match(/^changed in its source$/m);
    (await fetch(editor)).status.should.equal(200);
  });

  it('says what is wrong with a source, and leaves the demo running', async () => {
    const from = said.length;
    writeFileSync(join(project, 'nodes', 'get-run', 'node.ts'), 'export = ;\n');
    (await printed(/error TS/, from)).should.match(/^nodes\/get-run\/node\.ts\(1,\d+\): error TS\d+/);
    (await fetch(editor)).status.should.equal(200);
  });

  it('builds what changed beside a mistake once that is put right', async () => {
    const [clock, texts, node] = [
      'src/api/time/clock.ts',
      'nodes/get-run/en-US.json',
      'nodes/get-run/node.ts',
    ].map((path) => join(project, path)) as [string, string, string];
    const before = readFileSync(clock, 'utf8');
    let from = said.length;
    writeFileSync(texts, readFileSync(texts, 'utf8').replace('"get run"', '"fetch run"'));
    writeFileSync(clock, `${before}\nexport = ;\n`);
    await printed(/^src\/api\/time\/clock\.ts.*error TS/, from);
    from = said.length;
    writeFileSync(node, readFileSync(join(projectFolder, 'nodes', 'get-run', 'node.ts')));
    writeFileSync(clock, before);
    await printed(/^dev: built/, from);
    const catalog = join(project, '.dev/package/dist/nodes/locales/en-US/rescale-get-run.json');
    readFileSync(catalog, 'utf8').should.containEql('fetch run');
  });

  it('lets a debugger see the sources', async () => {
    const [target] = (await (await fetch(`http://127.0.0.1:${debuggerPort}/json/list`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    target!.webSocketDebuggerUrl.should.startWith('ws://');
    const built = join(project, '.dev', 'package', 'dist', 'src', 'runs', 'run', 'run-state.js');
    const [, encoded] = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(
      readFileSync(built, 'utf8'),
    )!;
    const map = JSON.parse(Buffer.from(encoded!, 'base64').toString()) as {
      sourceRoot: string;
      sources: string[];
    };
    readFileSync(new URL(map.sources[0]!, map.sourceRoot), 'utf8').should.containEql(
      'export function runState',
    );
  });
});
