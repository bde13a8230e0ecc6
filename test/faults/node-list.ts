import type { FaultRule, Simulator } from '../../src/simulator';
import type { Message } from '../../src/runtime/definition/definition';
import { temporaryFolder } from '../real/scripts';
import type { Expectation, Kind } from './expectations';
import { lostAnswers } from './fault-list';
import { gatewayRefusals } from './odd-answers';
import { wrongShapes } from './wrong-answers';

/** A node as the matrix meets it: what it is asked, and where its faults strike. */
export interface NodeUnderTest {
  type: string;
  kind: Kind;
  config: Record<string, unknown>;
  message: Message;
  /** Puts on the simulator what the node is to work on, and says what it is asked. */
  prepare?(simulator: Simulator): Promise<Message>;
  /** Messages that come of one; one unless told. */
  messages?: number;
  /** A node that sends by itself: so many messages are all that it has to say. */
  sends?: number;
  at: Pick<FaultRule, 'method' | 'path'>;
  /** Requests to that address for one healthy message. */
  asks: number;
  /** About a tenth of the answer, in bytes. */
  tenth: number;
  /** Where this node is to answer a fault differently from the others of its kind, by the fault's name. */
  otherwise: Record<string, Expectation>;
}

const running = { jobId: 'XXXXX', runId: '1' };
const error = (code: string, asked: Expectation['asked'] = 1): Expectation => ({
  outcome: `RESCALE_${code}`,
  asked,
});
const result = (asked: Expectation['asked'] = 1): Expectation => ({ outcome: 'result', asked });

const each = (faults: readonly string[], expected: Expectation): Record<string, Expectation> =>
  Object.fromEntries(faults.map((name) => [name, expected]));

/** The job has one run, so nothing is left of the list, and nothing of this address was ever read before. */
const noRowLeft = each(['one row with no id', 'one row with a text for a row'], {
  outcome: 'result',
  asked: { least: 1 },
  caught: 1,
});

export const nodesUnderTest: readonly NodeUnderTest[] = [
  {
    type: 'rescale-get-run',
    kind: 'read',
    config: {},
    message: running,
    at: { method: 'GET', path: '^/jobs/[^/]+/runs/[^/]+/$' },
    asks: 1,
    tenth: 25,
    // A list leaves such a row out; here it is all that was asked for.
    otherwise: {
      'one row with no id': error('PROTOCOL'),
      'one row with a text for a row': error('PROTOCOL'),
    },
  },
  {
    type: 'rescale-list-runs',
    kind: 'list',
    config: { pageSize: 50 },
    message: { jobId: 'XXXXXX' },
    at: { method: 'GET', path: '^/jobs/[^/]+/runs/$' },
    asks: 2,
    tenth: 2500,
    otherwise: {},
  },
  {
    type: 'rescale-list-files',
    kind: 'list',
    config: { pageSize: 30 },
    message: running,
    at: { method: 'GET', path: '/files/$' },
    asks: 2,
    tenth: 1500,
    otherwise: {},
  },
  {
    type: 'rescale-list-directory',
    kind: 'read',
    config: {},
    message: running,
    at: { method: 'GET', path: '/directory-contents/$' },
    asks: 1,
    tenth: 30,
    otherwise: {
      // The run is there and in progress, so it is not what was not found.
      404: error('REJECTED'),
      'an array': result(),
    },
  },
  {
    type: 'rescale-tail-file',
    kind: 'read',
    config: { lines: '20', linesType: 'num' },
    message: { ...running, path: 'airFoil2D/0/U' },
    at: { method: 'GET', path: '/tail/' },
    asks: 1,
    tenth: 60,
    // The run is there and in progress, so a refusal is taken to mean the file.
    otherwise: {
      'one row with a text for a row': error('PROTOCOL'),
      400: error('NOT_FOUND'),
      409: error('NOT_FOUND'),
      '400, echoing the key and a signed address': error('NOT_FOUND'),
      '400, a bare JSON string': error('NOT_FOUND'),
      'a notice with 200, echoing the key': error('NOT_FOUND'),
    },
  },
  {
    type: 'rescale-stop-run',
    kind: 'act',
    config: {},
    message: running,
    at: { method: 'POST', path: '/stop/$' },
    asks: 1,
    tenth: 1,
    otherwise: {
      404: error('REJECTED'),
      // A stop goes out in a pause too, so the next one finds the platform well.
      '429, Retry-After beyond the patience': error('RATE_LIMIT', { least: 1 }),
      // A lost answer, and one that is not the platform's, are settled by reading the run, which has ended where the stop took effect.
      ...each(
        [...lostAnswers, 'a web page with 200', 'a gateway’s page with 200, once', ...wrongShapes],
        result(),
      ),
      // Accepted without a word is accepted.
      'an empty body': result(),
      'an empty object': result(),
    },
  },
  {
    type: 'rescale-list-jobs',
    kind: 'list',
    config: { pageSize: 2 },
    message: {},
    at: { method: 'GET', path: '^/jobs/$' },
    asks: 2,
    tenth: 60,
    otherwise: {},
  },
  {
    type: 'rescale-submit-job',
    kind: 'act',
    config: { source: 'foamSweep', sourceType: 'str' },
    message: {},
    at: { method: 'POST', path: '/submit/$' },
    asks: 1,
    tenth: 1,
    // A lost answer, and one that is not the platform's, are settled by the job's statuses.
    otherwise: {
      '500': error('NETWORK'),
      '502 once': error('NETWORK'),
      '502 for ever, as a web page': error('NETWORK'),
      '503 once': error('NETWORK'),
      '503 for ever, as a web page': error('NETWORK'),
      '504 once': error('NETWORK'),
      '504 for ever, as a web page': error('NETWORK'),
      '503 once, Retry-After in seconds': error('NETWORK'),
      '503 once, Retry-After as a date': error('NETWORK'),
      '503, Retry-After beyond the patience': error('NETWORK'),
      ...each(lostAnswers, result()),
      'a web page with 200': result(),
      'a web page with 404': error('NETWORK'),
      ...each(gatewayRefusals, error('NETWORK')),
      'a gateway’s page with 200, once': result(),
      ...each(wrongShapes, result()),
      'more than memory should hold': result(),
      'redirected to another host': error('NETWORK'),
      'redirected to another host, keeping the method': error('NETWORK'),
      'redirected to something that is no address': error('NETWORK'),
    },
  },
  {
    type: 'rescale-snapshot-run',
    kind: 'act',
    config: {},
    message: running,
    at: { method: 'POST', path: '/snapshot/$' },
    asks: 1,
    tenth: 9,
    otherwise: { 404: error('REJECTED') },
  },
  {
    type: 'rescale-download-files',
    kind: 'contents',
    config: {
      folder: temporaryFolder('faults'),
      folderType: 'str',
      existing: 'replace',
      // A file that is late is waited for; here each answer is to be told.
      complete: false,
    },
    message: {},
    prepare: async (simulator) => ({ payload: await outputFile(simulator) }),
    at: { method: 'GET', path: '^/files/[^/]+/contents/$' },
    asks: 1,
    tenth: 2000,
    otherwise: {
      // A file that breaks off is gone on from where it broke.
      'cut short for ever': result({ least: 10 }),
      'reset in the middle of the answer, for ever': result({ least: 10 }),
      // Bytes are bytes: whether they are the file is told by its size, and another try may bring it, and by its checksum.
      ...each(
        ['a web page with 200', ...wrongShapes, 'more than memory should hold'],
        error('CHECKSUM', { least: 2 }),
      ),
      'a gateway’s page with 200, once': result(2),
      // The storage may be another host on this machine, or an https one, and gets no key.
      'redirected to another host': error('CHECKSUM', { least: 2 }),
      'redirected to another host, keeping the method': error('CHECKSUM', { least: 2 }),
    },
  },
  {
    type: 'rescale-wait-run',
    kind: 'hold',
    config: { interval: '5' },
    message: { jobId: 'ended', runId: '1' },
    prepare: endedJob,
    at: { method: 'GET', path: '^/jobs/' },
    asks: 1,
    tenth: 60,
    otherwise: noRowLeft,
  },
  {
    type: 'rescale-follow-file',
    kind: 'hold',
    config: { interval: '2' },
    // The lines, the last one that has no end, and that there will be no more.
    messages: 3,
    message: { jobId: 'ended', runId: '1', path: 'process_output.log' },
    prepare: async (simulator) => ({ ...(await endedJob(simulator)), path: 'process_output.log' }),
    at: { method: 'GET', path: '' },
    asks: 1,
    tenth: 60,
    otherwise: {},
  },
  {
    type: 'rescale-watch-runs',
    kind: 'hold',
    config: { jobs: 'ended', jobsType: 'str', interval: '5', startFrom: 'all' },
    message: {},
    prepare: endedJob,
    sends: 2,
    at: { method: 'GET', path: '^/jobs/' },
    asks: 1,
    tenth: 60,
    otherwise: {
      ...noRowLeft,
      // When the fault is over, the run that had this id is gone for whoever saw it.
      'one row with a number beyond 2^53 for an id': { outcome: 'result', asked: { least: 1 }, caught: 1 },
    },
  },
];

/** A job that is over, with its outputs listed. */
async function endedJob(simulator: Simulator): Promise<Message> {
  simulator.createJob({
    id: 'ended',
    runs: [{ duration: 60, files: [{ path: 'shared/field.bin', bytes: 20_000, checksum: 'both' }] }],
  });
  simulator.advance(3600);
  return Promise.resolve({ jobId: 'ended', runId: '1' });
}

async function outputFile(simulator: Simulator): Promise<unknown> {
  await endedJob(simulator);
  const response = await fetch(`${simulator.origin}/api/v2/jobs/ended/runs/1/files/`, {
    headers: { authorization: `Token ${simulator.token}` },
  });
  const { results } = (await response.json()) as { results: { name: string }[] };
  return results.find(({ name }) => name === 'field.bin');
}
