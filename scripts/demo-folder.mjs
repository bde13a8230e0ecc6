// The folder that the demo runs in, whoever starts it: its port, flows, settings and environment. See demo.mjs for what a user
// may set.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

import { root } from './build.mjs';
import { claimFolder, claimPort, wantedRuntime } from './demo-claim.mjs';
import { demoLanguage, translateFlows, unknownLanguage } from './demo-language.mjs';
import { told } from './demo-terminal.mjs';
import { userEnvironment } from './npm.mjs';

/** DEMO_FOLDER is for a second demo beside the first, and for tests, which must not touch a developer's. */
export const userDir = resolve(process.env.DEMO_FOLDER || join(root, '.demo'));
/** As a person reads it who stands in the project. */
export const shownFolder = relative(root, userDir).startsWith('..') ? userDir : `${relative(root, userDir)}/`;
export const settingsFile = join(userDir, 'settings.js');
export const port = Number(process.env.PORT || 1880);
export const runtime = wantedRuntime(process.env.NODE_RED);
export const demoAddress = `http://127.0.0.1:${port}/`;
export const real = Boolean(process.env.RESCALE_API_KEY);

const flowFile = join(userDir, 'flows.json');
/** The digest of the flow that was put there, to tell whether a user has changed it since. */
const originalFile = join(userDir, 'original.sha256');

const table = JSON.parse(readFileSync(join(root, 'demo', 'texts.json'), 'utf8'));
const language = demoLanguage(process.env, table);

export const digest = (content) => createHash('sha256').update(content).digest('hex');
export const content = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Says so, and ends, when the port or the folder is somebody else's; the folder first, for its owner is known by name. */
export async function claim() {
  await claimFolder(userDir, demoAddress);
  await claimPort(port, process.env.PORT);
}

export function placeFlows() {
  const flows = JSON.parse(readFileSync(join(root, 'demo', 'flows.json'), 'utf8'));
  const demo = JSON.stringify(translateFlows(flows, table, language), null, 4);
  const there = content(flowFile);
  const changed = there !== undefined && digest(there) !== content(originalFile);
  if (changed) return { kept: true };
  writeFileSync(flowFile, demo);
  writeFileSync(originalFile, digest(demo));
  const platform = flows.find(({ type }) => type === 'rescale-platform');
  // Only the name of the variable: the key itself stays in the environment.
  writeFileSync(
    join(userDir, 'flows_cred.json'),
    JSON.stringify({ [platform.id]: { token: '${RESCALE_API_KEY}' } }),
  );
  return { kept: false };
}

/** Made once, so that what a user enters in the demo is stored encrypted and can be read again. */
function credentialSecret() {
  const file = join(userDir, 'credential-secret');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

export function writeSettings() {
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret: credentialSecret(),
    // Statuses with figures and sentences of errors are made by the server.
    lang: language === 'en' ? 'en-US' : language,
    // The table of a sweep is longer than the thousand characters that the sidebar shows of a text.
    debugMaxLength: 20_000,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, page: { title: 'Rescale nodes: demo' } },
  };
  writeFileSync(settingsFile, `module.exports = ${JSON.stringify(settings, null, 2)};\n`);
}

export function demoEnvironment() {
  const url = process.env.RESCALE_API_URL || (real ? 'https://platform.rescale.com' : 'simulator');
  return {
    ...userEnvironment(),
    RESCALE_API_URL: real ? url : 'simulator',
    RESCALE_API_KEY: process.env.RESCALE_API_KEY || 'simulator',
    // With somebody's own key a press of a button costs nothing unless they said so.
    RESCALE_DEMO_SUBMIT: real ? (process.env.RESCALE_DEMO_SUBMIT ?? 'no') : 'yes',
    RESCALE_JOB_ID: process.env.RESCALE_JOB_ID || (real ? '' : 'foamSweep'),
    RESCALE_DEMO_FOLDER: join(userDir, 'outputs'),
    RESCALE_DEMO_ADDRESS: demoAddress,
  };
}

/** A sentence where somebody asked for a language that the demo does not speak; '' where not. */
export function languageNote() {
  const unknown = unknownLanguage(process.env, table);
  const known = Object.keys(table[0]).join(', ');
  const said = 'LANGUAGE={{asked}}: the demo speaks {{known}}; this is {{language}}.';
  return unknown === null ? '' : told(said, { asked: unknown, known, language });
}

/** What the first tab is called in the reader's language. */
export function tabName() {
  return table.find(({ en }) => en === 'Start here')[language];
}

/** What Node-RED says when it has started, in the language that it speaks: the longest piece without a place in it. */
export function startSigns(red) {
  const folder = join(dirname(createRequire(red).resolve('@node-red/runtime/package.json')), 'locales');
  const own = join(folder, language, 'runtime.json');
  const file = existsSync(own) ? own : join(folder, 'en-US', 'runtime.json');
  const { server, nodes } = JSON.parse(readFileSync(file, 'utf8'));
  return [server['now-running'], nodes.flows['started-flows']].map(
    (text) => text.split(/__\w+__/).sort((one, other) => other.length - one.length)[0],
  );
}
