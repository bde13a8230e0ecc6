import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import 'should';
import { nodesOnSimulator } from '../support/nodes-on-simulator';

const TOKEN = '3f9c1a7be2d84056aa91c0de77b1f2e4d5c60718';
const codes = (write: (code: number) => string, between: string) =>
  [...TOKEN].map((letter) => write(letter.charCodeAt(0))).join(between);
const base64 = (text: string) => Buffer.from(text).toString('base64');

const forms: Record<string, string> = {
  'octal escapes': codes((code) => `\\${code.toString(8)}`, ''),
  'escapes in braces': codes((code) => `\\u{${code.toString(16)}}`, ''),
  'a list of bytes': `[${codes(String, ', ')}]`,
  'a list in hexadecimal': codes((code) => `0x${code.toString(16)}`, ', '),
  'full-width letters': codes((code) => String.fromCharCode(code + 0xfee0), ''),
  'base64 twice': base64(base64(TOKEN)),
  'base64 behind a letter': base64(`x${TOKEN}`),
  'hexadecimal UTF-16': Buffer.from(TOKEN, 'utf16le').toString('hex'),
};

describe('the key in other forms', () => {
  const nodes = nodesOnSimulator({ token: TOKEN });

  for (const [how, written] of Object.entries(forms)) {
    it(`reaches neither Catch nor log nor status: ${how}`, async () => {
      nodes.simulator.setFaults([
        { method: 'GET', status: 400, times: 0, body: { detail: `no ${written} here` } },
      ]);
      const flow = await nodes.load({ type: 'rescale-get-run', ...job });
      const logged: unknown[] = [];
      flow.RED.log.addHandler(new EventEmitter().on('log', (entry) => logged.push(entry)));
      flow.receive('node', { payload: 1 });
      const caught = await flow.take('caught');
      const node = flow.node('node') as unknown as Record<'error' | 'warn' | 'log', { args: unknown[] }>;
      const everything = inspect(
        [caught, logged, flow.statuses('node'), node.error.args, node.warn.args, node.log.args],
        { depth: 9, maxStringLength: null, maxArrayLength: null, breakLength: Infinity, showHidden: true },
      );
      (caught['error'] as { message: string }).message.should.match(/: no .*….* here$/);
      logged.should.not.be.empty();
      const plain = everything.replaceAll('\\\\', '\\');
      const most = Math.ceil((written.length * 5) / TOKEN.length);
      for (let start = 0; start + most <= written.length; start += 1)
        plain.should.not.containEql(written.slice(start, start + most));
    });
  }

  const endings = { whole: TOKEN, 'the first half': TOKEN.slice(0, 20), 'the last letters': TOKEN.slice(-9) };
  for (const [which, written] of Object.entries(endings)) {
    it(`takes the place of no refusal that ends with it: ${which}`, async () => {
      const body = { detail: `No run for ${written}` };
      nodes.simulator.setFaults([
        { method: 'GET', status: 404, body },
        { method: 'GET', status: 400, body },
      ]);
      const flow = await nodes.load({ type: 'rescale-get-run', ...job });
      flow.receive('node', { payload: 1 });
      flow.receive('node', { payload: 2 });
      const errors = [await flow.take('caught'), await flow.take('caught')].map(
        ({ error }) => error as { code: string; message: string },
      );
      errors
        .map(({ code }) => code)
        .sort()
        .should.deepEqual(['RESCALE_NOT_FOUND', 'RESCALE_REJECTED']);
      errors
        .map(({ message }) => message)
        .join()
        .should.match(/No run for …/);
    });
  }
});

const job = { jobId: 'X', jobIdType: 'str', runId: '1', runIdType: 'str' };
