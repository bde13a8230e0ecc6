import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import { flowAround, loadFlow, platformOf } from '../support/flow';
import { definition, fixed, submissions, type, type CaughtMessage } from './submit-setup';

describe('rescale-submit-job in trouble', () => {
  const { nodes, place, asked, created, submitted, refusal } = submissions();

  const tokens = fixed('tokens', '{"speed": 1}', 'json');

  it('finds the job that was made when the answer was lost, and makes no second one', async () => {
    nodes.simulator.setFaults([{ method: 'POST', path: '/jobs/$', status: 502, effective: true }]);
    const flow = await nodes.load({ type, from: 'definition', ...tokens });
    flow.receive('node', { payload: definition });
    const message = await flow.take('out');
    (message.rescale as { submitted: boolean }).submitted.should.be.true();
    created().length.should.equal(1);
  });

  it('sees by the statuses that a job was submitted when the answer was lost, and submits it once', async () => {
    nodes.simulator.setFaults([{ method: 'POST', path: '/submit/$', status: 502, effective: true }]);
    const flow = await nodes.load({ type, from: 'definition', ...tokens });
    flow.receive('node', { payload: definition });
    (await flow.take('out')).rescale!.should.have.property('submitted', true);
    submitted().length.should.equal(1);
  });

  it('goes on with a job that was submitted though the answer was a refusal, and says so', async () => {
    nodes.simulator.setFaults([{ method: 'POST', path: '/submit/$', status: 400, effective: true }]);
    const flow = await nodes.load({ type, from: 'definition', ...tokens });
    flow.receive('node', { payload: definition });
    const { rescale } = await flow.take('out');
    rescale!.should.have.properties({ submitted: true, confirmed: true });
    submitted().length.should.equal(1);
    flow.received('caught').should.be.empty();
    const { warn } = flow.node('node') as unknown as { warn: { args: [string][] } };
    const warnings = warn.args
      .map(([text]) => String(text))
      .filter((text) => /submitted although/.test(text));
    warnings.length.should.equal(1);
    warnings[0]!.should.match(/Job \w+ \(beam .*HTTP 400/);
  });

  it('names the draft when a later step is refused, and does not submit it', async () => {
    nodes.simulator.setFaults([{ method: 'POST', path: '/submit/$', status: 400 }]);
    const { error } = await refusal(tokens);
    error.code.should.equal('RESCALE_REJECTED');
    error.message.should.match(/Job \w+ \(beam .*is a draft/);
  });

  it('names the draft when the refusal ends with a short value of the environment', async () => {
    const payload = structuredClone(definition);
    Object.assign(payload.jobanalyses[0]!.envVars, { QUEUE: 'main' });
    nodes.simulator.setFaults([
      { method: 'POST', path: '/submit/$', status: 400, body: { detail: 'You may not use the queue main' } },
    ]);
    const { error } = await refusal(tokens, { payload });
    error.code.should.equal('RESCALE_REJECTED');
    error.message.should.match(/^Job \w+ \(beam .*is a draft: .*You may not use the queue …$/);
  });

  it('shows no value of the environment when the platform repeats it', async () => {
    nodes.simulator.setFaults([
      {
        method: 'POST',
        path: '/jobs/$',
        status: 400,
        body: { detail: 'no such licence: port@license.example' },
      },
    ]);
    const caught = await refusal(tokens);
    caught.error.message.should.not.match(/license\.example/);
    should(caught.jobId).be.undefined();
  });

  const made = async (name: string) => {
    const { origin, token } = nodes.simulator;
    const answer = await fetch(`${origin}/api/v2/jobs/?search=${encodeURIComponent(name)}`, {
      headers: { authorization: `Token ${token}` },
    });
    return ((await answer.json()) as { results: { id: string; name: string }[] }).results;
  };

  it('tells apart jobs of one name that are made in the same moment, when both answers are lost', async () => {
    nodes.simulator.setFaults([{ method: 'POST', path: '/jobs/$', status: 502, effective: true, times: 2 }]);
    const flow = await nodes.load({ type, from: 'definition', ...tokens, ...fixed('jobName', 'pair') });
    flow.receive('node', { payload: definition });
    flow.receive('node', { payload: definition });
    const ids = [(await flow.take('out')).jobId, (await flow.take('out')).jobId];
    const all = (await made('pair')).map(({ id }) => id);
    ids.sort().should.deepEqual(all.sort());
    all.length.should.equal(2);
    submitted().length.should.equal(2);
  });

  it('says that a job may run when its statuses can not be read any more', async () => {
    nodes.simulator.setFaults([
      { method: 'POST', path: '/submit/$', status: 502, effective: true },
      { method: 'GET', path: '/statuses/$', status: 403, times: 0 },
    ]);
    const { error } = await refusal(tokens);
    error.code.should.equal('RESCALE_NETWORK');
    error.message.should.match(/it may run/);
  });

  /** Deploys anew while a request is on its way, and gives what reaches the flow afterwards. */
  async function interrupted(path: string, method = 'POST') {
    nodes.simulator.setFaults([{ method, path, delay: 60_000 }]);
    const node = { type, from: 'definition', ...tokens };
    const [before, given] = flowAround(node, platformOf(nodes.simulator, {}));
    const userDir = mkdtempSync(join(place.folder, 'user-'));
    const flow = await loadFlow(before, { ...given, settings: { userDir } });
    try {
      flow.receive('node', { payload: definition, topic: 'kept' });
      const late = Date.now() + 10_000;
      while (asked(method, new RegExp(path)).length === 0) {
        if (Date.now() > late) throw new Error('the request did not come');
        await new Promise((next) => setTimeout(next, 5));
      }
      nodes.simulator.setFaults([]);
      await flow.deploy(before, 'full', given.credentials);
      return await flow.until('word of it', () => flow.received('caught')[0] ?? flow.received('out')[0]);
    } finally {
      await flow.unload();
    }
  }

  it('names the draft that a redeploy left, and does not submit it', async () => {
    const message = (await interrupted('/jobs/$')) as CaughtMessage;
    message.error.code.should.equal('RESCALE_CLOSED');
    message.error.message.should.match(/job \w+ \(beam .*before it was submitted.*draft/);
    message.rescale!.should.have.property('redelivered', true);
    message['topic']!.should.equal('kept');
    created().length.should.equal(1);
    submitted().should.be.empty();
  });

  it('hands on the job that was submitted when a redeploy came, without submitting it again', async () => {
    const message = await interrupted('/submit/$');
    message.rescale!.should.have.properties({ submitted: true, redelivered: true });
    message['topic']!.should.equal('kept');
    submitted().length.should.equal(1);
  });

  it('says that nothing was made when a redeploy came before, and does not look for it', async () => {
    const message = (await interrupted('/coretypes/', 'GET')) as CaughtMessage;
    message.error.code.should.equal('RESCALE_CLOSED');
    message.error.message.should.match(/before the job of this message was made. Nothing was made/);
    message['topic']!.should.equal('kept');
    asked('POST', /./).should.be.empty();
    asked('GET', /search=/).should.be.empty();
  });
});
