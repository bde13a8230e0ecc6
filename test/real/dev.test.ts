import 'should';

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startDevLoop, type DevLoop } from './dev-loop';
import { projectFolder } from './scripts';

describe('npm run dev', function () {
  this.timeout(120_000);
  let loop: DevLoop;
  let project: string;

  before(async () => {
    loop = await startDevLoop();
    ({ project } = loop);
  });

  after(() => loop.end());

  it('serves a change, and says how long that took', async () => {
    const from = loop.said().length;
    const node = join(project, 'nodes', 'get-run', 'node.ts');
    writeFileSync(node, `${readFileSync(node, 'utf8')}\nconsole.log('changed in its source');\n`);
    const line = await loop.printed(/^dev: built/, from);
    line.should.match(/^dev: built 1 changed in \d+ ms, running again after \d+\.\d s$/);
    loop
      .said()
      .slice(from)
      .should.match(/^changed in its source$/m);
    (await fetch(loop.editor)).status.should.equal(200);
  });

  it('says what is wrong with a source, and leaves the demo running', async () => {
    const from = loop.said().length;
    writeFileSync(join(project, 'nodes', 'get-run', 'node.ts'), 'export = ;\n');
    (await loop.printed(/error TS/, from)).should.match(/^nodes\/get-run\/node\.ts\(1,\d+\): error TS\d+/);
    (await fetch(loop.editor)).status.should.equal(200);
  });

  it('builds what changed beside a mistake once that is put right', async () => {
    const [clock, texts, node] = [
      'src/api/time/clock.ts',
      'nodes/get-run/en-US.json',
      'nodes/get-run/node.ts',
    ].map((path) => join(project, path)) as [string, string, string];
    const before = readFileSync(clock, 'utf8');
    let from = loop.said().length;
    writeFileSync(texts, readFileSync(texts, 'utf8').replace('"get run"', '"fetch run"'));
    writeFileSync(clock, `${before}\nexport = ;\n`);
    await loop.printed(/^src\/api\/time\/clock\.ts.*error TS/, from);
    from = loop.said().length;
    writeFileSync(node, readFileSync(join(projectFolder, 'nodes', 'get-run', 'node.ts')));
    writeFileSync(clock, before);
    await loop.printed(/^dev: built/, from);
    const catalog = join(project, '.dev/package/dist/nodes/locales/en-US/rescale-get-run.json');
    readFileSync(catalog, 'utf8').should.containEql('fetch run');
  });

  it('lets a debugger see the sources', async () => {
    const [target] = (await (await fetch(`http://127.0.0.1:${loop.debuggerPort}/json/list`)).json()) as {
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

  it('ends with every process that it has started', async function () {
    if (process.platform === 'win32') this.skip(); // there is no `ps`
    const running = () =>
      execFileSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(join(project, '.dev')));
    running().length.should.be.above(0);
    await loop.end();
    running().should.deepEqual([]);
  });
});
