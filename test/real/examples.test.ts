import 'should';

import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { expectations } from './example-expectations';
import { startNodeRed, type FlowNode } from './node-red';
import { runtimes, type Runtime } from './runtimes';
import { projectFolder, temporaryFolder } from './scripts';

const folder = join(projectFolder, 'examples');
const files = readdirSync(folder).sort();
const read = (file: string): FlowNode[] => JSON.parse(readFileSync(join(folder, file), 'utf8')) as FlowNode[];
const named = (flow: FlowNode[], type: string, name: string): FlowNode => {
  const node = flow.find((candidate) => candidate.type === type && candidate['name'] === name);
  if (!node) throw new Error(`the flow has no ${type} node named ${name}`);
  return node;
};

/** So many characters of a text, and items of an array, the debug sidebar shows unless somebody set it to more. */
const SHOWN = 1000;

/** What another process writes is looked at until it fits, because a file tells nobody when it is whole. */
async function written(path: string, fits: (text: string) => boolean, seconds: number): Promise<void> {
  const limit = Date.now() + seconds * 1000;
  while (!existsSync(path) || !fits(readFileSync(path, 'utf8'))) {
    if (Date.now() > limit) throw new Error(`${path} is not there or does not hold what it should`);
    await sleep(100);
  }
}

describe('the examples', () => {
  it('are each known here, with what must come out of them', () => {
    files.should.eql(Object.keys(expectations).sort());
  });

  it('share no id, so that Node-RED imports one after another without asking what to do with doubles', () => {
    const ids = files.flatMap((file) => read(file).map(({ id }) => id));
    ids.filter((id, position) => ids.indexOf(id) !== position).should.eql([]);
  });

  it('work at whatever port Node-RED listens', () => {
    files.filter((file) => /127\.0\.0\.1|localhost/.test(JSON.stringify(read(file)))).should.eql([]);
  });

  for (const file of files) {
    it(`${file} explains itself and needs no account`, () => {
      const flow = read(file);
      flow.filter(({ type }) => type === 'tab').length.should.equal(1);
      const comments = flow.filter(({ type }) => type === 'comment');
      comments.length.should.equal(1);
      String(comments[0]!['info']).length.should.be.above(40);
      const platforms = flow.filter(({ type }) => type === 'rescale-platform');
      platforms.map((platform) => platform['url']).should.eql(['simulator']);
      flow.filter((node) => 'credentials' in node).should.eql([]);
    });
  }
});

/** Works on so many at a time, because examples mostly wait for their runs. */
function sideBySide(all: string[], atATime: number, work: (file: string) => Promise<void>) {
  const lanes = Array.from({ length: atATime }, () => Promise.resolve());
  const results = new Map<string, Promise<void>>();
  all.forEach((file, position) => {
    const lane = position % atATime;
    const result = lanes[lane]!.then(() => work(file));
    lanes[lane] = result.catch(() => undefined);
    results.set(file, result);
  });
  return results;
}

/** Each example meets a Node-RED and a simulator that have just started, as it does when a user tries it. */
async function tryExample(runtime: Runtime, file: string): Promise<void> {
  const home = temporaryFolder('home');
  const nodeRed = await startNodeRed({ runtime, env: { HOME: home } });
  try {
    const flow = read(file);
    const response = await nodeRed.request('nodes', { headers: { accept: 'application/json' } });
    const sets = (await response.json()) as { module: string; types: string[] }[];
    const known = sets
      .filter(({ module }) => module === 'node-red' || module === '@rescale-flows/node-red-rescale')
      .flatMap(({ types }) => types);
    flow.filter(({ type }) => !['tab', 'group', ...known].includes(type)).should.eql([]);

    const from = nodeRed.log().length;
    await nodeRed.deploy(flow);
    for (const { press = [], shows, writes = {}, seconds } of [expectations[file] ?? []].flat()) {
      for (const name of press) await nodeRed.inject(named(flow, 'inject', name).id);
      for (const [name, fits] of Object.entries(shows)) {
        const { id } = named(flow, 'debug', name);
        await nodeRed.comms.debugMessage((message) => message.id === id && fits(message.value), seconds);
      }
      for (const [path, fits] of Object.entries(writes)) await written(join(home, path), fits, seconds ?? 20);
    }
    const tooLong = nodeRed.comms.debug.filter(
      ({ format }) => Number(/^(?:string|array)\[(\d+)\]$/.exec(format)?.[1]) > SHOWN,
    );
    tooLong.map(({ name, format }) => `${name}: ${format}`).should.eql([]);
    const complaints = nodeRed.log().slice(from).split('\n');
    complaints.filter((line) => /\[(warn|error|fatal)\]/.test(line)).should.eql([]);
  } finally {
    await nodeRed.remove();
  }
}

/** What Dashboard 2 brings is not in a Node-RED that has only this package. */
const needsDashboard = (file: string) => read(file).some(({ type }) => type.startsWith('ui-'));
const alone = files.filter((file) => !needsDashboard(file));

for (const runtime of runtimes) {
  describe(`the examples in Node-RED ${runtime}`, function () {
    this.timeout(300_000);
    let results: Map<string, Promise<void>>;

    before(() => {
      results = sideBySide(alone, 4, (file) => tryExample(runtime, file));
    });

    for (const file of alone) it(file, () => results.get(file));

    it('posts to a chat as soon as its address is given', async () => {
      const flow = read('31 - chat message when a run ends.json');
      const posted: unknown[] = [];
      const chat = createServer((request, response) => {
        void json(request).then((body) => {
          posted.push(body);
          response.end('ok');
        });
      }).listen(0, '127.0.0.1');
      await once(chat, 'listening');
      const nodeRed = await startNodeRed({ runtime });
      try {
        const { port } = chat.address() as AddressInfo;
        const address = named(flow, 'change', 'address of the chat');
        Object.assign((address['rules'] as object[])[0]!, { to: `http://127.0.0.1:${port}/hook` });
        await nodeRed.deploy(flow);
        const { id } = named(flow, 'debug', 'Posted');
        const told = await nodeRed.comms.debugMessage((message) => message.id === id, 60);
        posted.should.containEql({ text: told.value });
      } finally {
        await nodeRed.remove();
        chat.close();
      }
    });
  });
}
