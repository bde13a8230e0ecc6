import should from 'should';
import { bench, closeAll, type Bench, type Told } from './calls';
import { sessions } from './client-sessions';
import type { Step } from './client-steps';

const PREFIX = { v1: '/api/', v2: '/api/v2/', v3: '/api/v3/' };
/** A program that has asked so often waits for ever. */
const MOST_ASKED = 200;

type Taken = Map<string, string>;

function filled(value: unknown, taken: Taken): unknown {
  if (typeof value === 'string')
    return value.replace(/\{(\w+)\}/g, (whole, name: string) => taken.get(name) ?? whole);
  if (Array.isArray(value)) return value.map((each) => filled(each, taken));
  if (value === null || typeof value !== 'object' || value instanceof RegExp) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, taken)]));
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

function formBody({
  name,
  text,
  fields = {},
  fieldsAsFiles,
  partHeaders = {},
}: NonNullable<Step['form']>): string {
  const part = (key: string, fileName: string | null, headers: Record<string, string>, content: string) =>
    `--edge\r\nContent-Disposition: form-data; name="${key}"${fileName === null ? '' : `; filename="${fileName}"`}\r\n` +
    Object.entries(headers)
      .map(([header, value]) => `${header}: ${value}\r\n`)
      .join('') +
    `\r\n${content}\r\n`;
  const others = Object.entries(fields).map(([key, value]) =>
    part(key, fieldsAsFiles ? key : null, {}, value),
  );
  return `${part('file', name, partHeaders, text)}${others.join('')}--edge--\r\n`;
}

async function send({ get, simulator }: Bench, step: Step, taken: Taken): Promise<Told> {
  const [, method, path] = /^(\S+) (.*)$/.exec(String(filled(step.does, taken)))!;
  const address = /^https?:/.test(path!)
    ? path!.replace(simulator.origin, '')
    : PREFIX[step.version ?? 'v2'] + path!;
  const headers: Record<string, string> = { ...step.headers };
  let body: string | undefined;
  if (step.form) {
    headers['content-type'] = 'multipart/form-data; boundary=edge';
    body = formBody(step.form);
  } else if (step.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(filled(step.json, taken));
  }
  return get(address, { method, headers, body });
}

function holds(told: Told, step: Step, taken: Taken): string | null {
  for (const [path, expected] of Object.entries(step.holds ?? {})) {
    const value = at(told.json, path);
    const fits =
      expected instanceof RegExp ? expected.test(String(value)) : value === filled(expected, taken);
    if (!fits) return `${path} is ${JSON.stringify(value)}`;
  }
  return null;
}

async function play(bench: Bench, step: Step, taken: Taken): Promise<void> {
  let told = await send(bench, step, taken);
  for (
    let asked = 1;
    step.every !== undefined && asked < MOST_ASKED && holds(told, step, taken) !== null;
    asked += 1
  ) {
    bench.simulator.advance(step.every);
    told = await send(bench, step, taken);
  }
  const what = `${step.does} (${told.status}): ${told.text.slice(0, 300)}`;
  if (step.status !== undefined) [step.status].flat().includes(told.status).should.be.true(what);
  else (told.status >= 200 && told.status < 300).should.be.true(what);
  if (step.type) should(told.headers.get('content-type')).equal(step.type, what);
  if (step.empty) should(told.text).equal('', what);
  if (step.text) step.text.test(told.text).should.be.true(what);
  should(holds(told, step, taken)).equal(null, what);
  for (const [name, path] of Object.entries(step.takes ?? {})) {
    const value = at(told.json, path);
    if (value === undefined || value === null) throw new Error(`no ${path} in ${what}`);
    taken.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
}

describe('public programs on the simulator', () => {
  afterEach(closeAll);

  for (const [client, steps] of Object.entries(sessions)) {
    it(`${client} runs to its end`, async function () {
      this.timeout(60_000);
      const place = await bench();
      const taken: Taken = new Map();
      for (const step of steps) await play(place, step, taken);
    });
  }
});
