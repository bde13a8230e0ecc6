import should from 'should';
import type { Message } from '../../src/runtime/definition/definition';
import { loadFlow, type LoadedFlow } from '../support/flow';
import { localFlow } from '../support/local-flow';

const type = 'rescale-draw-chart';
const payload = Array.from({ length: 30 }, (_, index) => ({
  run: String(index),
  step: index,
  Cl: index / 30,
  Cd: (index - 9) ** 2,
  front: index % 3 === 0,
  best: index === 9,
}));
const textsOf = (svg: unknown): string[] =>
  [...String(svg).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
const rescale = { table: { best: { Cl: '29', Cd: '9' } } };

describe('rescale-draw-chart', () => {
  let flow: LoadedFlow | null = null;
  afterEach(() => flow?.unload());

  const send = async (fields: Record<string, unknown>, message: Message = { payload, rescale }) => {
    flow = await loadFlow(localFlow({ type, ...fields }));
    flow.receive('node', message);
    return flow;
  };

  it('draws SVG with the type that http response sends, and keeps other headers', async () => {
    const headers = { 'X-Own': 'kept', 'Content-Length': '7', 'content-encoding': 'gzip' };
    const fields = { kind: 'line', title: 'topic', titleType: 'msg' };
    const out = await (await send(fields, { payload, headers, topic: 'Wing & tail' })).take('out');
    should(String(out.payload).slice(0, 29)).equal('<svg width="900" height="500"');
    textsOf(out.payload).should.containEql('Wing &amp; tail');
    should(out.headers).eql({ 'X-Own': 'kept', 'content-type': 'image/svg+xml' });
    await flow!.take('completed');
    await flow!.status('node', ({ fill, text }) => fill === 'green' && text === '30 rows');
  });

  it('names the row and the property that can not be read, and draws a column called __proto__', async () => {
    const odd = {
      step: 2,
      get Cl() {
        throw new Error('no');
      },
    };
    const caught = await (await send({ kind: 'line' }, { payload: [payload[0], odd] })).take('caught');
    caught.error!.should.have.properties({ code: 'RESCALE_INPUT' });
    (caught.error as { message: string }).message.should.match(/^Cl of row 2 can’t be read: no\./);
    await flow!.unload();
    const rows = JSON.parse('[{"step":1,"__proto__":5},{"step":2,"__proto__":7}]') as unknown;
    const out = await (await send({ kind: 'line', xColumn: 'step' }, { payload: rows })).take('out');
    textsOf(out.payload).should.containEql('__proto__ (variable)');
  });

  it('leaves out of a list what is no row, and says of how many in yellow', async () => {
    await (await send({ kind: 'line' }, { payload: [null, ...payload, 7] })).take('out');
    await flow!.status('node', ({ fill, text }) => fill === 'yellow' && text === '30 rows, 2 left out');
  });

  it('draws PNG', async () => {
    const fields = { kind: 'bars', format: 'png', width: 320, height: 200 };
    const { payload: png, headers } = await (await send(fields)).take('out');
    should(Buffer.isBuffer(png)).be.true();
    should((png as Buffer).readUInt32BE(16)).equal(320);
    should(headers).eql({ 'content-type': 'image/png' });
  });

  it('appends pictures to the attachments, each by a name of its own, and keeps the payload', async () => {
    const attachments = [{ filename: 'front.png', content: 'x' }];
    const fields = { kind: 'front', format: 'png', to: 'attachments' };
    const out = await (await send(fields, { payload, rescale, attachments })).take('out');
    should(out.payload).eql(payload);
    should(out.headers).be.undefined();
    const [first, second] = out.attachments as Record<string, unknown>[];
    should(first).eql(attachments[0]);
    should(second).have.properties({ filename: 'front-2.png', contentType: 'image/png', cid: 'front-2' });
    should(Buffer.isBuffer(second!.content)).be.true();
  });

  it('shows the goals of the table before it', async () => {
    const { payload: svg } = await (await send({ kind: 'front' })).take('out');
    textsOf(svg).should.containDeep(['Cd', 'Cl']);
  });

  it('takes columns by their names, also where a flow calls them x and y', async () => {
    for (const names of [
      { xColumn: 'Cl', yColumns: 'C*, !Cl' },
      { x: 'Cl', y: 'Cd' },
    ]) {
      const { payload: svg } = await (await send({ kind: 'scatter', ...names }, { payload })).take('out');
      textsOf(svg).should.containDeep(['Cd', 'Cl']);
      await flow!.unload();
      flow = null;
    }
  });

  it('draws runs as they come from the platform', async () => {
    const runs = payload.map(({ Cl, run }) => ({
      id: run,
      dateStarted: null,
      dateCompleted: null,
      variables: [{ name: 'Cl', value: Cl, displayValue: '' }],
    }));
    const { payload: svg } = await (await send({ kind: 'bars' }, { payload: runs })).take('out');
    textsOf(svg).should.containEql('Cl');
  });

  it('says in the picture that there is nothing to draw', async () => {
    const { payload: svg } = await (await send({}, { payload: [] })).take('out');
    textsOf(svg).should.containEql('Nothing to draw yet: no rows');
  });

  for (const [what, fields, message, words] of [
    ['rows that are none', {}, { payload: 'text' }, /payload/],
    ['a column that no row has', { kind: 'line', xColumn: 'Cx' }, { payload }, /Cx/],
    ['y that fits nothing', { kind: 'line', yColumns: 'U*' }, { payload }, /“y axis”/],
    ['a front without goals', { kind: 'front' }, { payload: [{ Cl: 1, Cd: 2 }] }, /front/],
    ['a width of one pixel', { width: 1 }, { payload }, /width/],
    ['a mark without a value', { marks: [{ label: 'limit' }] }, { payload }, /marks/],
  ] as const) {
    it(`refuses ${what} in one sentence`, async () => {
      const { error } = await (await send(fields, message)).take('caught');
      should(error).have.property('code', 'RESCALE_INPUT');
      (error as { message: string }).message.should.match(words);
      flow!.received('out').should.be.empty();
    });
  }
});
