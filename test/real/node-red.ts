/**
 * A real Node-RED with the packed package in it, for the suites that need one.
 *
 *     const nodeRed = await startNodeRed({ runtime: '5' });
 *     await nodeRed.deploy(flow);                       // POST /flows, resolves when the flows have started
 *     await nodeRed.inject('inject-node-id');
 *     const message = await nodeRed.comms.debugMessage(({ id }) => id === 'debug-node-id');
 *     await nodeRed.stop();                             // SIGTERM, as a service manager does; `kill()` is SIGKILL
 *     await nodeRed.restart();                          // same user directory, same port
 *     await nodeRed.remove();                           // ends it and deletes its user directory
 *
 * The process is an own one, never the test's: it can crash, be killed and be measured (`pid`). Its user directory holds
 * the package as `npm install <tarball>` put it there. What a flow must not lose when Node-RED is killed, it hands to
 * `global.get('record')(name, value)` in a function node; `recorded()` reads it back, also from a dead Node-RED.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { listen, type Comms } from './comms';
import { installPackage } from './installed-package';
import { runtimeProgram, type Runtime } from './runtimes';

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

export interface User {
  username: string;
  password: string;
  /** `*`, `read`, or a list as `settings.js` takes it. */
  permissions: string | string[];
}

interface NodeRedOptions {
  runtime: Runtime;
  /** Node-RED alone, to compare with. */
  withoutPackage?: boolean;
  /** The flows to start with, as a flow file; none unless told. Credentials belong into `deploy`. */
  flows?: FlowNode[];
  /** Protects the editor; the first user is the one that `deploy` and `inject` act as and must be allowed everything. */
  users?: User[];
  /** `/` unless told. */
  httpAdminRoot?: string;
  /** More for `settings.js`, as JSON. */
  settings?: Record<string, unknown>;
  /** More for the environment of the process. */
  env?: Record<string, string>;
  /** More for the command line of Node.js, before the script. */
  nodeArguments?: string[];
  /** Seconds until it must have started; 60 unless told. */
  startLimit?: number;
}

export type DeployType = 'full' | 'nodes' | 'flows' | 'reload';

export interface NodeRed {
  readonly runtime: Runtime;
  /** Where the editor is, with a slash at the end. */
  readonly editor: string;
  /** Where http-in nodes answer, without a slash at the end. */
  readonly origin: string;
  readonly userDir: string;
  readonly pid: number;
  readonly running: boolean;
  /** Everything printed so far, over all restarts. */
  log(): string;
  /** Debug messages and statuses of this process; a new one after each restart. */
  readonly comms: Comms;
  /** A request to the admin API at a path relative to the editor, as `user` (the first one unless told, null for nobody). */
  request(path: string, init?: RequestInit, user?: User | null): Promise<Response>;
  /** Puts flows in place of all others. A node's `credentials` are stored as the editor stores them. */
  deploy(flows: FlowNode[], type?: DeployType): Promise<void>;
  /** Presses the button of an inject node. */
  inject(nodeId: string): Promise<void>;
  /** What flows handed to `record`, oldest first. */
  recorded<T>(name: string): T[];
  /** Asks it to end, and kills it if it has not after `seconds` (15). Resolves with the exit code; null = killed. */
  stop(seconds?: number): Promise<number | null>;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again (after ending it, if it runs) with the same user directory and port. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export async function startNodeRed(options: NodeRedOptions): Promise<NodeRed> {
  const program = runtimeProgram(options.runtime);
  const userDir = mkdtempSync(join(tmpdir(), 'rescale-node-red-'));
  const recordFile = join(userDir, 'recorded.jsonl');
  const adminRoot = `/${(options.httpAdminRoot ?? '/').replace(/^\/|\/$/g, '')}/`.replace('//', '/');
  const output = new EventEmitter();
  const tokens = new Map<string, string>();
  let log = '';
  let port = 0;
  let child: ChildProcess | undefined;
  let exited: Promise<number | null> = Promise.resolve(null);
  let comms: Comms | undefined;

  /** Resolves when what was printed after `from` fits; rejects with the log when the process ends or time is up. */
  async function printed(pattern: RegExp, from: number, seconds: number): Promise<RegExpExecArray> {
    const limit = AbortSignal.timeout(seconds * 1000);
    for (;;) {
      const found = pattern.exec(log.slice(from));
      if (found) return found;
      const trouble = /missing types to be registered:\n.* - .*\n|Error starting flows/.test(log.slice(from));
      if (trouble) throw new Error(`Node-RED did not start the flows:\n${log.slice(-6000)}`);
      if (child?.exitCode !== null || child.signalCode !== null) {
        throw new Error(`Node-RED ended (${child?.exitCode ?? child?.signalCode}):\n${log.slice(-6000)}`);
      }
      try {
        await once(output, 'news', { signal: limit });
      } catch {
        throw new Error(`Node-RED did not print ${pattern} within ${seconds} s:\n${log.slice(-6000)}`);
      }
    }
  }

  async function start(): Promise<void> {
    const settingsFile = join(userDir, 'settings.js');
    writeFileSync(settingsFile, settingsText(options, program.red, { port, adminRoot, recordFile }));
    const from = log.length;
    const started = spawn(
      program.node,
      [...(options.nodeArguments ?? []), program.red, '--userDir', userDir, '--settings', settingsFile],
      { cwd: userDir, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child = started;
    alive.add(started);
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        output.emit('news');
      });
    }
    exited = once(started, 'close').then(([code]) => {
      alive.delete(started);
      comms?.close();
      output.emit('news');
      return code as number | null;
    });
    const limit = options.startLimit ?? 60;
    const [, address] = await printed(/Server now running at \S*?:(\d+)/, from, limit);
    port = Number(address);
    tokens.clear();
    const [user] = options.users ?? [];
    comms = await listen(`http://127.0.0.1:${port}${adminRoot}`, user && (await accessToken(user)));
    await printed(/Started flows/, from, limit);
  }

  async function accessToken(user: User): Promise<string> {
    const known = tokens.get(user.username);
    if (known !== undefined) return known;
    const response = await fetch(`http://127.0.0.1:${port}${adminRoot}auth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'node-red-admin',
        grant_type: 'password',
        scope: '',
        username: user.username,
        password: user.password,
      }),
    });
    if (!response.ok) throw new Error(`${user.username} could not log in: ${response.status}`);
    const { access_token: token } = (await response.json()) as { access_token: string };
    tokens.set(user.username, token);
    return token;
  }

  async function request(path: string, init: RequestInit = {}, user?: User | null): Promise<Response> {
    const headers = new Headers(init.headers);
    const caller = user === undefined ? options.users?.[0] : user;
    if (caller) headers.set('authorization', `Bearer ${await accessToken(caller)}`);
    return fetch(`http://127.0.0.1:${port}${adminRoot}${path}`, { ...init, headers });
  }

  async function expectOk(response: Response, what: string): Promise<void> {
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }

  function startedChild(): ChildProcess {
    if (!child) throw new Error('Node-RED was never started');
    return child;
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL', seconds = 15): Promise<number | null> {
    const ending = startedChild();
    ending.kill(signal);
    const patience = setTimeout(() => ending.kill('SIGKILL'), seconds * 1000);
    const code = await exited;
    clearTimeout(patience);
    return code;
  }

  const nodeRed: NodeRed = {
    runtime: options.runtime,
    userDir,
    get editor() {
      return `http://127.0.0.1:${port}${adminRoot}`;
    },
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    get pid() {
      return startedChild().pid ?? 0;
    },
    get running() {
      return alive.has(startedChild());
    },
    get comms() {
      if (!comms) throw new Error('Node-RED was never started');
      return comms;
    },
    log: () => log,
    request,
    deploy: async (flows, type = 'full') => {
      const from = log.length;
      const response = await request('flows', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'node-red-api-version': 'v2',
          'node-red-deployment-type': type,
        },
        body: JSON.stringify({ flows }),
      });
      await expectOk(response, 'the flows were not taken');
      await printed(/Started (modified )?(flows|nodes)/, from, 30);
    },
    inject: async (nodeId) => {
      await expectOk(await request(`inject/${nodeId}`, { method: 'POST' }), `inject ${nodeId}`);
    },
    recorded: <T>(name: string): T[] => {
      if (!existsSync(recordFile)) return [];
      const lines = readFileSync(recordFile, 'utf8').split('\n').filter(Boolean);
      const entries = lines.map((line) => JSON.parse(line) as { name: string; value: T });
      return entries.filter((entry) => entry.name === name).map(({ value }) => value);
    },
    stop: (seconds) => end('SIGTERM', seconds),
    kill: async () => {
      await end('SIGKILL');
    },
    restart: async () => {
      if (alive.has(startedChild())) await end('SIGTERM');
      await start();
    },
    remove: async () => {
      if (alive.has(startedChild())) await end('SIGTERM');
      rmSync(userDir, { recursive: true, force: true });
    },
  };

  try {
    if (!options.withoutPackage) installPackage(userDir);
    if (options.flows) writeFileSync(join(userDir, 'flows.json'), JSON.stringify(options.flows));
    await start();
  } catch (error) {
    if (child && alive.has(child)) await end('SIGKILL');
    rmSync(userDir, { recursive: true, force: true });
    throw error;
  }
  return nodeRed;
}

interface Place {
  port: number;
  adminRoot: string;
  recordFile: string;
}

function settingsText(options: NodeRedOptions, red: string, { port, adminRoot, recordFile }: Place): string {
  const settings: Record<string, unknown> = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: 'only for tests',
    httpAdminRoot: adminRoot,
    lang: 'en-US',
    telemetry: { enabled: false, updateNotification: false },
    diagnostics: { enabled: false },
    // The sidebar cuts long values; a test wants them whole.
    debugMaxLength: 1_000_000,
    editorTheme: { tours: false, projects: { enabled: false }, codeEditor: { lib: 'ace' } },
    ...options.settings,
  };
  if (options.users) {
    const { hashSync } = createRequire(red)('bcryptjs') as {
      hashSync: (password: string, rounds: number) => string;
    };
    settings['adminAuth'] = {
      type: 'credentials',
      users: options.users.map((user) => ({ ...user, password: hashSync(user.password, 4) })),
    };
  }
  return `module.exports = ${JSON.stringify(settings, null, 2)};
module.exports.functionGlobalContext = {
  record: (name, value) =>
    require('node:fs').appendFileSync(${JSON.stringify(recordFile)}, JSON.stringify({ name, value }) + '\\n'),
};
`;
}
