import 'should';

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { listen } from './comms';
import type { FlowNode } from './node-red';
import { runtimes } from './runtimes';
import { freePort, projectFolder, temporaryFolder } from './scripts';

interface Demo {
  child: ChildProcess;
  said: () => string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

function startDemo(env: Record<string, string>): Demo {
  const environment = { ...process.env };
  for (const name of ['RESCALE_API_KEY', 'LANGUAGE', 'LC_ALL', 'LC_MESSAGES', 'LANG'])
    delete environment[name];
  const child = spawn(process.execPath, [join(projectFolder, 'scripts', 'demo.mjs')], {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  return { child, said: () => said, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function welcomed(demo: Demo): Promise<void> {
  while (!demo.said().includes('Ctrl-C ends it.')) {
    const code = await Promise.race([once(demo.child.stdout!, 'data').then(() => undefined), demo.ended]);
    if (code !== undefined) throw new Error(`the demo ended (${code}):\n${demo.said()}`);
  }
}

/** The debug nodes that can show what comes of a button: by wires and links, and by nodes that hear of those passed. */
function debugsBehind(nodes: FlowNode[], button: FlowNode): Set<string> {
  const passed = new Set<string>();
  const visit = (id: string) => {
    if (passed.has(id)) return;
    passed.add(id);
    const node = nodes.find((one) => one.id === id)!;
    const links = node.type === 'link out' ? (node['links'] as string[]) : [];
    const hearing = nodes.filter(({ scope }) => Array.isArray(scope) && (scope as string[]).includes(id));
    const wired = (node['wires'] as string[][] | undefined) ?? [];
    for (const next of [...wired.flat(), ...links, ...hearing.map((one) => one.id)]) visit(next);
  };
  visit(button.id);
  const debugs = nodes.filter(({ id, type }) => passed.has(id) && type === 'debug');
  return new Set(debugs.map(({ id }) => id));
}

describe('the demo, told what it can’t do', () => {
  const refused = async (environment: Record<string, string>) => {
    const demo = startDemo({ PORT: String(await freePort()), ...environment });
    (await demo.ended)!.should.equal(1);
    return demo.said();
  };

  it('says in a sentence what a port is', async () => {
    (await refused({ DEMO_FOLDER: temporaryFolder('demo'), PORT: 'abc' })).should.containEql(
      'PORT=abc is no port',
    );
  });

  it('speaks in the terminal as the demo does', async () => {
    (
      await refused({ DEMO_FOLDER: temporaryFolder('demo'), PORT: 'abc', LANG: 'de_DE.UTF-8' })
    ).should.containEql('PORT=abc ist kein Port');
  });

  it('says which lines of Node-RED there are', async () => {
    (await refused({ DEMO_FOLDER: temporaryFolder('demo'), NODE_RED: '7' })).should.containEql(
      'NODE_RED=7: the demo runs on Node-RED 4.1 and 5',
    );
  });

  it('leaves alone a folder that holds something else', async () => {
    const folder = temporaryFolder('mine');
    writeFileSync(join(folder, 'settings.js'), 'mine');
    (await refused({ DEMO_FOLDER: folder })).should.containEql('holds something that is no demo');
    readFileSync(join(folder, 'settings.js'), 'utf8').should.equal('mine');
  });
});

for (const runtime of runtimes) {
  describe(`the demo on Node-RED ${runtime}`, function () {
    this.timeout(120_000);
    const folder = temporaryFolder('demo');
    let demo: Demo;
    let port: number;
    let editor: string;

    before(async () => {
      port = await freePort();
      editor = `http://127.0.0.1:${port}/`;
      demo = startDemo({ DEMO_FOLDER: folder, NODE_RED: runtime, PORT: String(port) });
      await welcomed(demo);
    });
    after(async () => {
      demo.child.kill('SIGTERM');
      await demo.ended;
    });

    const flows = async () => (await (await fetch(`${editor}flows`)).json()) as FlowNode[];

    it('says where it is', () => {
      demo.said().should.containEql(editor);
    });

    it('shows something at every button', async () => {
      const nodes = await flows();
      const comms = await listen(editor);
      const buttons = nodes.filter(({ type }) => type === 'inject');
      const byName = (text: string) => buttons.find(({ name }) => String(name).includes(text))!;
      const press = async (button: FlowNode) => {
        comms.forget();
        const may = debugsBehind(nodes, button);
        const shown = comms
          .debugMessage(({ id }) => may.has(id), 60)
          .catch((error: Error) => {
            throw new Error(`${String(button['name'])}: ${error.message}`);
          });
        await fetch(`${editor}inject/${button.id}`, { method: 'POST' });
        return shown;
      };
      // A fresh sweep has no run that has ended: what finds nothing says so.
      await press(byName('anew'));
      const { name } = await press(byName('How did'));
      String(name).should.equal('found nothing');
      for (const button of buttons) await press(button);
      comms.close();
    });

    it('says plainly that the port is taken', async () => {
      const other = startDemo({
        DEMO_FOLDER: temporaryFolder('demo'),
        NODE_RED: runtime,
        PORT: String(port),
      });
      (await other.ended)!.should.equal(1);
      other.said().should.containEql(`Port ${port} is taken`);
    });

    it('keeps a second one out of its folder, and says where the first is', async () => {
      const other = startDemo({ DEMO_FOLDER: folder, NODE_RED: runtime, PORT: String(await freePort()) });
      (await other.ended)!.should.equal(1);
      other
        .said()
        .should.containEql(`The demo already runs: ${editor}`)
        .and.containEql('DEMO_FOLDER=.demo-2');
      (await fetch(editor)).ok.should.be.true();
    });

    it('keeps what a user changed, and says so', async () => {
      const changed = (await flows()).map((node) =>
        node.type === 'tab' ? { ...node, label: 'Mine' } : node,
      );
      await fetch(`${editor}flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(changed),
      });
      demo.child.kill('SIGINT');
      (await demo.ended)!.should.equal(0);
      demo = startDemo({ DEMO_FOLDER: folder, NODE_RED: runtime, PORT: String(port) });
      await welcomed(demo);
      demo.said().should.containEql('Your changes to the flows are still there');
      demo.said().should.not.match(/\[(warn|error)\]/);
      (await flows()).some((node) => node['label'] === 'Mine').should.be.true();
    });

    it('ends when it is asked to', async () => {
      demo.child.kill('SIGINT');
      (await demo.ended)!.should.equal(0);
    });
  });
}
