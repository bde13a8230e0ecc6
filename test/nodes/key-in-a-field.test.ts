import { EventEmitter } from 'node:events';
import 'should';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeModule } from '../../src/runtime/node/define-node';
import { startSimulator, type Simulator } from '../../src/simulator';
import { loadFlow, platformOf, type LoadedFlow } from '../support/flow';
import { tracesOf } from '../security/canary';

const KEY = '8e41b7c05d9f2a6630bb14ce97a8d2f15c07e9b3';
const folder = join(__dirname, '../../nodes');

const types = readdirSync(folder)
  .filter((name) => name !== 'platform' && existsSync(join(folder, name, 'dialog.ts')))
  .map((name) => `rescale-${name}`);
const fieldsOf = (type: string) =>
  Object.keys((module.require(join(folder, type.slice('rescale-'.length), 'node')) as NodeModule).fields!);

/** What the other fields hold, so that the one that is wrong is reached. */
const others: Record<string, Record<string, unknown>> = {
  'rescale-download-files': { to: 'buffer', files: 'payload', filesType: 'msg' },
  'rescale-submit-job': { submit: false },
};
const good = { jobId: 'j1', runId: '1', path: 'process_output.log', payload: [{ x: 1 }] };

/** What it may be wired as. */
const wired: Record<string, unknown> = {
  'as it is': KEY,
  'in a path': `../keys/${KEY}`,
  'in a list': [KEY, { id: KEY }],
  'in base64': Buffer.from(KEY).toString('base64'),
  'as a header': `Token ${KEY}\r\n`,
};

describe('the key in a field by mistake', function () {
  this.timeout(120_000);
  let simulator: Simulator;
  let flow: LoadedFlow | null = null;

  before(async () => {
    simulator = await startSimulator({ speed: 0, token: KEY });
    simulator.createJob({ id: 'j1', runs: [{ duration: 1 }] });
    simulator.advance(500);
  });
  afterEach(() => flow?.unload());
  after(() => simulator.close());

  for (const type of types) {
    it(`is repeated by ${type} nowhere`, async () => {
      const ways = waysInto(type);
      const platform = platformOf(simulator);
      const place = { z: 'tab', type, name: '', platform: 'platform', interval: 5, wires: [[], []] };
      const nodes = ways.map(({ how, config }) => ({ ...place, ...others[type], ...config, id: how }));
      const loaded = await loadFlow(
        [
          { id: 'tab', type: 'tab', label: 'test' },
          platform.node,
          { z: 'tab', id: 'catcher', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
          { z: 'tab', id: 'caught', type: 'collector' },
          ...nodes,
        ],
        platform,
      );
      flow = loaded;
      const logged: unknown[] = [];
      loaded.RED.log.addHandler(new EventEmitter().on('log', (entry) => logged.push(entry)));
      if (type !== 'rescale-watch-runs')
        for (const { how, message } of ways) loaded.receive(how, { ...good, ...message });
      for (const { how } of ways)
        await loaded.status(how, ({ fill, text }) => fill !== 'blue' && text !== '');

      await loaded.take('caught');
      const caught = loaded.received('caught').map(({ error }) => error);
      logged.should.not.be.empty();
      tracesOf(KEY, { caught, logged }).should.eql([]);
      for (const { how } of ways) {
        const node = loaded.node(how) as unknown as Record<'error' | 'warn' | 'log', { args: unknown[][] }>;
        const words = {
          statuses: loaded.statuses(how),
          // Besides the error these hold the message, which is the flow's own.
          errors: node.error.args.map(([error]) => error),
          warnings: node.warn.args,
          log: node.log.args,
        };
        tracesOf(KEY, words).should.eql([], how);
      }
    });
  }
});

/** How the key gets into a node: typed into its dialog, or wired. */
interface Way {
  how: string;
  config: Record<string, unknown>;
  message?: object;
}

function waysInto(type: string): Way[] {
  const sends = type !== 'rescale-watch-runs';
  return fieldsOf(type).flatMap((field): Way[] => {
    const way = (how: string, value: unknown, as: string, message = {}): Way => ({
      how: `${field}, ${how}`,
      config: { [field]: value, [`${field}Type`]: as },
      message,
    });
    return [
      way('typed', KEY, 'str'),
      way('the name of a property', KEY, 'msg'),
      way('an expression', `$error("${KEY}")`, 'jsonata'),
      ...Object.entries(wired).map(([how, value]) =>
        sends ? way(how, 'wired', 'msg', { wired: value }) : way(how, value, 'str'),
      ),
    ];
  });
}
