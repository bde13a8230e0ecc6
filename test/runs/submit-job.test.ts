import 'should';
import { RescaleError } from '../../src/api/errors/errors';
import { prepareJob, type SubmitRequest } from '../../src/runs/jobs/prepare-job';
import { settleInterrupted } from '../../src/runs/submission/settle-interrupted';
import { firstRecord, submitJob, type SubmissionRecord } from '../../src/runs/submission/submit-job';
import { failureOf, runsOnSimulator, type RunsOnSimulator } from '../support/runs-on-simulator';

const request: SubmitRequest = {
  definition: {
    name: 'beam',
    jobanalyses: [
      {
        analysis: { code: 'openfoam_plus', version: 'v2012+-intelmpi' },
        command: './Allrun',
        hardware: { coreType: 'emerald', coresPerSlot: 1, slots: 1, walltime: 2 },
      },
    ],
  },
  jobName: 'twin',
  tokens: {},
  folder: '',
  inputMode: 'add',
  submit: true,
  limitCost: 0,
};

describe('submissions whose answers are lost', () => {
  let at: RunsOnSimulator;
  const kept: SubmissionRecord[] = [];
  beforeEach(async () => {
    kept.length = 0;
    // Its clock stands still, so that all jobs are of the same moment.
    at = await runsOnSimulator({ speed: 0 }, 20_000);
  });
  afterEach(() => at.close());

  async function submit(asked: SubmitRequest = request) {
    const work = at.work();
    const prepared = await prepareJob(at.client, asked, work);
    const keep = (record: SubmissionRecord) => Promise.resolve(void kept.push(record));
    return submitJob(at.client, prepared, asked.submit, work, keep);
  }
  const submissions = () => at.requests(/^POST .*\/submit\/$/).length;

  it('take no other job of the same name for their own', async () => {
    await submit();
    // A gateway refuses the second one before it reaches the platform.
    at.simulator.setFaults([{ method: 'POST', path: '/jobs/$', status: 502, times: 1 }]);
    const error = await failureOf(submit());
    error.should.have.properties({ code: 'RESCALE_NETWORK', key: 'submit-may-exist' });
    error.message.should.match(/job twin was made: it may exist/);
    submissions().should.equal(1);
    kept.at(-1)!.should.have.properties({ step: 'making', jobId: null });

    // The same after a restart.
    const again = await failureOf(settleInterrupted(at.client, kept.at(-1)!, at.work()));
    again.key.should.equal('submit-may-exist');
    submissions().should.equal(1);
  });

  it('take no job that was copied from theirs with its marks', async () => {
    at.simulator.setFaults([{ method: 'POST', path: '/jobs/$', status: 502, times: 1 }]);
    const { jobanalyses, ...rest } = request.definition as { jobanalyses: { command: string }[] };
    const create = at.client.createJob.bind(at.client);
    at.client.createJob = async (sent, options) => {
      const other = { ...sent, jobanalyses: [{ ...jobanalyses[0], command: 'another' }] };
      await create(sent, options).catch(() => create({ ...rest, ...other }, options));
      throw new RescaleError('RESCALE_NETWORK', 'network-unsettled', { platform: 'it' });
    };
    (await failureOf(submit())).key.should.equal('submit-may-exist');
    submissions().should.equal(0);
  });

  it('are known by a file that was uploaded for them when the platform keeps no description', async () => {
    const create = at.client.createJob.bind(at.client);
    at.client.createJob = async (sent, options) => {
      await create({ ...sent, description: '' }, options);
      throw new RescaleError('RESCALE_NETWORK', 'network-unsettled', { platform: 'it' });
    };
    (await failureOf(submit())).key.should.equal('submit-may-exist');
    const { submitted } = await submit({ ...request, inputs: { name: 'in.txt', content: 'x' } });
    submitted.should.be.true();
  });

  it('are found when the answer was too large to be read', async () => {
    const tooLarge = new RescaleError('RESCALE_TOO_LARGE', 'too-large-answer', { platform: 'it', limit: 1 });
    const { client } = at;
    const lost = <Args extends unknown[]>(call: (...args: Args) => Promise<unknown>) =>
      (async (...args: Args) => {
        await call(...args);
        throw tooLarge;
      }) as never;
    client.createJob = lost(client.createJob.bind(client));
    client.submitJob = lost(client.submitJob.bind(client));
    (await submit()).submitted.should.be.true();
    submissions().should.equal(1);
  });

  it('never tell to send the message again where a draft is left, for that makes a second job', async () => {
    for (const failure of [
      new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', { platform: 'it', seconds: 900 }, 429),
      new RescaleError('RESCALE_NOT_FOUND', 'not-found-job', { platform: 'it', jobId: 'New' }, 404),
    ]) {
      at.client.submitJob = () => Promise.reject(failure);
      const { code, message } = await failureOf(submit());
      code.should.equal(failure.code);
      message.should.match(/is a draft.*HTTP status \d+.*sending the message again would make a second job/);
      message.should.not.match(/Send the message again|There is no job/);
    }
  });

  it('are told as submitted when they are refused and the statuses show them all the same', async () => {
    at.simulator.setFaults([{ method: 'POST', path: '/submit/$', status: 400, effective: true }]);
    const result = await submit();
    result.should.have.properties({ submitted: true, confirmed: true });
    result.refused!.code.should.equal('RESCALE_REJECTED');
    submissions().should.equal(1);
  });

  for (const status of [400, 401, 403, 404]) {
    it(`may run when they are refused with ${status} and the statuses can not be read`, async () => {
      at.simulator.setFaults([
        { method: 'POST', path: '/submit/$', status, effective: true, times: 0 },
        { method: 'GET', path: '/statuses/$', status: 403, times: 0 },
      ]);
      const { message, statusCode, key } = await failureOf(submit());
      key.should.equal('submit-refused-may-run');
      statusCode!.should.equal(status);
      message.should.match(new RegExp(`^Job \\w+ \\(twin\\) may run.*HTTP (status )?${status}`));
      message.should.not.match(/draft|There is no job/);
    });
  }

  it('may run when the platform asked to slow down and the statuses can not be read', async () => {
    const slower = { platform: 'it', seconds: 900 };
    at.client.submitJob = () =>
      Promise.reject(new RescaleError('RESCALE_RATE_LIMIT', 'rate-limit-wait', slower, 429));
    at.simulator.setFaults([{ method: 'GET', path: '/statuses/$', status: 403, times: 0 }]);
    const { message, key } = await failureOf(submit());
    key.should.equal('submit-refused-may-run');
    message.should.match(/HTTP status 429/);
    message.should.not.match(/Send the message again after/);
  });

  it('keep values of the environment out of what a refusal says of a job that may run', async () => {
    const { jobanalyses } = request.definition as { jobanalyses: object[] };
    const [tile] = jobanalyses;
    const envVars = { LICENSE: 'port@license.example' };
    at.simulator.setFaults([
      { method: 'POST', path: '/submit/$', status: 400, body: { detail: 'no port@license.example' } },
      { method: 'GET', path: '/statuses/$', status: 403, times: 0 },
    ]);
    const error = await failureOf(
      submit({ ...request, definition: { jobanalyses: [{ ...tile, envVars }] } }),
    );
    error.message.should.match(/may run.*HTTP 400/);
    JSON.stringify([error.message, error.values]).should.not.match(/license\.example/);
  });

  it('are named as drafts when the platform would not make them and did', async () => {
    at.simulator.setFaults([{ method: 'POST', path: '/jobs/$', status: 400, effective: true }]);
    const error = await failureOf(submit());
    error.message.should.match(/^Job \w+ \(twin\) was made and is a draft: .*HTTP 400/);
    submissions().should.equal(0);
    at.simulator.setFaults([{ method: 'POST', path: '/jobs/$', status: 400 }]);
    (await failureOf(submit())).key.should.equal('rejected');
  });

  it('are drafts for certain when they were never sent', async () => {
    const away = new RescaleError('RESCALE_NETWORK', 'network-refused', { platform: 'it' });
    at.client.submitJob = () => Promise.reject(away);
    (await failureOf(submit())).key.should.equal('submit-draft-unanswered');
    at.requests(/^GET .*\/statuses\//).should.be.empty();
  });

  it('say that nothing was made when the answer to an upload is lost', async () => {
    at.simulator.setFaults([{ method: 'POST', path: '/files/contents/$', status: 502, times: 1 }]);
    const error = await failureOf(submit({ ...request, inputs: { name: 'in.txt', content: 'x' } }));
    error.message.should.match(/in\.txt was uploaded. No job was made/);
    at.requests(/^POST .*\/jobs\//).should.be.empty();
  });

  for (const [what, told, words] of [
    ['is cut', { decryptedSize: 1 }, /in\.txt .* Bytes sent: 3, on the platform: 1\./],
    ['is changed', { fileChecksums: null, md5: '0'.repeat(32) }, /in\.txt .* md5 checksum differs/],
    ['is changed', { fileChecksums: [{ fileHash: 'F'.repeat(128) }] }, /in\.txt .* sha512 checksum differs/],
  ] as const) {
    it(`make no job when an input ${what} on its way: ${JSON.stringify(told)}`, async () => {
      const upload = at.client.uploadFile.bind(at.client);
      at.client.uploadFile = async (...args) => Object.assign(await upload(...args), told);
      const error = await failureOf(submit({ ...request, inputs: { name: 'in.txt', content: 'xyz' } }));
      error.code.should.equal('RESCALE_CHECKSUM');
      error.message.should.match(words);
      error.message.should.match(/No job was made/);
      at.requests(/^POST .*\/jobs\//).should.be.empty();
    });
  }

  it('are not believed to be submitted when the answer is good and their statuses do not show it', async () => {
    at.client.submitJob = () => Promise.resolve();
    const error = await failureOf(submit());
    error.key.should.equal('submit-unseen');
    error.message.should.match(/Job \w+ \(twin\) .* may be a draft/);
    at.requests(/^GET .*\/statuses\//).length.should.be.above(1);
  });

  it('are found after a restart as soon as the platform answers, and not submitted', async () => {
    const { job } = await submit({ ...request, submit: false });
    const record = { ...kept.find(({ step }) => step === 'making')!, submit: true };
    at.simulator.setFaults([{ method: 'GET', path: '/jobs/$', status: 503, times: 3 }]);
    const draft = await failureOf(settleInterrupted(at.client, record, at.work()));
    draft.should.have.properties({ code: 'RESCALE_CLOSED', key: 'submit-interrupted' });
    draft.message.should.match(new RegExp(job.id));
    submissions().should.equal(0);
  });

  it('are named when the key is refused after a restart', async () => {
    const { job } = await submit();
    at.simulator.setFaults([{ method: 'GET', status: 401, times: 0 }]);
    const record = { ...firstRecord(true), name: 'twin', jobId: job.id };
    const told = async (step: SubmissionRecord['step'], jobId: string | null) =>
      (await failureOf(settleInterrupted(at.client, { ...record, step, jobId }, at.work()))).key;
    (await told('making', null)).should.equal('submit-may-exist');
    (await told('submitting', job.id)).should.equal('submit-may-run');
    (await told('unmade', null)).should.equal('submit-unmade');
  });

  it('hold up those of other jobs while they are sent, and not while it is found out what became of them', async () => {
    const { client } = at;
    const [send, statuses] = [client.submitJob.bind(client), client.listJobStatuses.bind(client)];
    const [sending, hanging] = [withResolvers(), withResolvers()];
    let [first, answered] = ['', false];
    client.submitJob = async (id, options) => {
      if (first !== '') return send(id, options);
      first = id;
      sending.resolve();
      await hanging.promise;
      answered = true;
      await send(id, options);
      throw new RescaleError('RESCALE_TIMEOUT', 'timeout-unsettled', { platform: 'it', seconds: 30 });
    };
    const looking = withResolvers();
    client.listJobStatuses = async (id, options) => {
      if (id === first) await looking.promise;
      return statuses(id, options);
    };
    const lost = submit();
    await sending.promise;
    const work = at.work();
    const prepared = await prepareJob(client, request, work);
    const waits = withResolvers();
    const progress: typeof work.progress = (fact) => {
      work.facts.push(fact);
      if (fact.doing === 'awaiting-submissions') waits.resolve();
    };
    const next = submitJob(client, prepared, true, { ...work, progress }, () => Promise.resolve());
    await waits.promise;
    answered.should.be.false();
    hanging.resolve();
    (await next).should.have.properties({ submitted: true, confirmed: true });
    work.facts.map(({ doing }) => doing).should.eql(['awaiting-submissions', 'submitting']);
    looking.resolve();
    (await lost).should.have.properties({ submitted: true, confirmed: true });
    submissions().should.equal(2);
  });

  it('name the draft also where the fault is one of the package', async () => {
    at.client.submitJob = () => Promise.reject(new TypeError('a fault of ours'));
    const error = await failureOf(submit());
    error.should.have.properties({ code: 'RESCALE_PROTOCOL', key: 'submit-draft-left' });
    error.values['jobId']!.should.equal(kept.at(-1)!.jobId);
    error.message.should.match(/^Job \w+ .* is a draft: .*a fault of ours/);
  });

  it('tell of a job that runs although the record says that it is a draft', async () => {
    const { job } = await submit();
    const record = kept.find(({ step }) => step === 'draft')!;
    const settled = await settleInterrupted(at.client, record, at.work());
    settled.should.have.properties({ submitted: true });
    settled.job.id.should.equal(job.id);
  });
});

/** Node.js 20 has no `Promise.withResolvers`. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
