import 'should';
import { applyResult, webPage, type Origin } from '../../src/runtime/definition/messages';

const platform = {
  name: 'https://eu.rescale.com',
  origin: 'https://eu.rescale.com',
  simulated: false,
  instance: null,
};
const from = (more: Partial<Origin> = {}): Origin => ({
  connection: platform,
  jobId: 'j1',
  runId: '2',
  trace: { status: 200, attempts: 1 },
  ...more,
});

describe('what a result does to a message', () => {
  it('keeps what an earlier node said of the same job and run', () => {
    const message = {
      rescale: { platform: platform.name, jobId: 'j1', runId: '2', outcome: { result: 'failed' } },
    };
    applyResult(message, { rescale: { count: 3 } }, from());
    message.rescale.should.have.properties({ outcome: { result: 'failed' }, count: 3, attempts: 1 });
  });

  for (const [what, earlier] of Object.entries({
    run: { platform: platform.name, jobId: 'j1', runId: '3' },
    job: { platform: platform.name, jobId: 'j2', runId: '2' },
    platform: { platform: 'https://kr.rescale.com', jobId: 'j1', runId: '2' },
    'whole job': { platform: platform.name, jobId: 'j1' },
  })) {
    it(`replaces what an earlier node said of another ${what}`, () => {
      const message = { rescale: { ...earlier, outcome: 'old' } };
      applyResult(message, {}, from());
      message.rescale.should.not.have.property('outcome');
    });
  }

  for (const earlier of ['a text', 5, null, ['array']]) {
    it(`replaces a msg.rescale that is ${JSON.stringify(earlier)}`, () => {
      const message = { rescale: earlier as unknown };
      applyResult(message, {}, from());
      message.rescale!.should.have.property('jobId', 'j1');
    });
  }

  it('leaves the payload alone when it names none, and sets it when it is undefined', () => {
    const message: Record<string, unknown> = { payload: 'kept' };
    applyResult(message, {}, from());
    message.payload!.should.equal('kept');
    applyResult(message, { payload: undefined }, from());
    (message.payload === undefined).should.be.true();
  });

  it('lets the result name another run than the fields did', () => {
    const message: Record<string, unknown> = {};
    applyResult(message, { runId: '9' }, from({ runId: undefined }));
    message.should.have.property('runId', '9');
    message.rescale!.should.have.properties({
      runId: '9',
      link: 'https://eu.rescale.com/jobs/j1/runs/9/results/',
    });
  });

  it('puts the parts of an outer list below its own', () => {
    const outer = { id: 'o', type: 'array', index: 4, count: 9, parts: { id: 'oo', index: 1 } };
    const message: Record<string, unknown> = { parts: outer };
    applyResult(message, { parts: { id: 'i', type: 'array', index: 0 } }, from());
    message.parts!.should.deepEqual({ id: 'i', type: 'array', index: 0, parts: outer });
  });

  it('leaves the parts of an outer list alone when it is no list', () => {
    const message: Record<string, unknown> = { parts: { id: 'o', index: 4 } };
    applyResult(message, { payload: 1 }, from());
    message.parts!.should.deepEqual({ id: 'o', index: 4 });
  });

  it('links to something for an id that no address can hold', () => {
    webPage(platform, 'j\ud800', '1')!.should.equal('https://eu.rescale.com/jobs/j%EF%BF%BD/runs/1/results/');
  });

  it('links to the page of the run, to that of the job, and to none on the simulator', () => {
    webPage(platform, 'a b', '1')!.should.equal('https://eu.rescale.com/jobs/a%20b/runs/1/results/');
    webPage(platform, 'j1', undefined)!.should.equal('https://eu.rescale.com/jobs/j1/');
    (webPage({ ...platform, simulated: true }, 'j1', '1') === null).should.be.true();
    (webPage(platform, undefined, '1') === null).should.be.true();
  });
});
