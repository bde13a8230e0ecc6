import 'should';

import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { startSimulator, type Simulator } from '../../src/simulator';
import { startNodeRed, type NodeRed, type User } from './node-red';
import { runtimes } from './runtimes';

interface Said {
  rows?: Record<string, unknown>[];
  truncated?: boolean;
  live?: boolean;
  platform?: string;
  user?: string | null;
  reason?: { key: string; values: Record<string, unknown> };
  milliseconds?: number;
}

const administrator: User = { username: 'administrator', password: 'all of it', permissions: '*' };
const visitor: User = { username: 'visitor', password: 'only reads', permissions: 'read' };
const TOKEN = 'canary-5f2c7d90';

for (const runtime of runtimes) {
  describe(`what dialogs ask of Node-RED ${runtime}`, function () {
    this.timeout(120_000);
    let nodeRed: NodeRed;
    let rescale: Simulator;
    let stranger: Server;
    let strangerOrigin: string;
    const strangerHeard: string[] = [];

    before(async () => {
      rescale = await startSimulator({ token: TOKEN, speed: 1 });
      stranger = createServer((request, response) => {
        strangerHeard.push(JSON.stringify(request.headers));
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>not the API</html>');
      }).listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      strangerOrigin = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
      nodeRed = await startNodeRed({ runtime, users: [administrator, visitor], httpAdminRoot: '/admin' });
      await nodeRed.deploy([
        { id: 'flow', type: 'tab', label: 'flow' },
        {
          id: 'known',
          type: 'rescale-platform',
          url: rescale.origin,
          credentials: { token: TOKEN },
        },
        { id: 'keyless', type: 'rescale-platform', url: 'https://platform.rescale.com' },
        { id: 'gone', type: 'rescale-platform', url: 'http://127.0.0.1:9', credentials: { token: TOKEN } },
      ]);
    });
    after(async () => {
      await nodeRed?.remove();
      await rescale?.close();
      stranger?.close();
    });
    beforeEach(() => strangerHeard.splice(0));

    async function ask(
      address: string,
      question: object,
      user: User | null = administrator,
    ): Promise<Response> {
      return nodeRed.request(
        `rescale-platform/${address}`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(question),
        },
        user,
      );
    }
    async function answer(address: string, question: object, user: User = administrator): Promise<Said> {
      const response = await ask(address, question, user);
      response.status.should.equal(200);
      const text = await response.text();
      text.should.not.containEql(TOKEN);
      return JSON.parse(text) as Said;
    }

    it('refuses who has not logged in, and lets a reader read but not test', async () => {
      for (const address of ['lookups/jobs', 'lookups/runs', 'lookups/files', 'test']) {
        (await ask(address, { platform: 'known' }, null)).status.should.equal(401, address);
      }
      (await answer('lookups/jobs', { platform: 'known' }, visitor)).rows!.length.should.be.above(0);
      (
        await ask('test', { id: 'known', url: rescale.origin, token: '__PWRD__' }, visitor)
      ).status.should.equal(401);
      const asGet = await nodeRed.request('rescale-platform/lookups/jobs?platform=known');
      asGet.status.should.equal(404, 'a question is never a part of an address');
    });

    it('lists jobs with name, status and date', async () => {
      const { rows, reason } = await answer('lookups/jobs', { platform: 'known' });
      (reason === undefined).should.be.true();
      const sweep = rows!.find((row) => row['id'] === 'foamSweep')!;
      sweep.should.have.properties(['id', 'name', 'status', 'date']);
      String(sweep['name']).should.not.be.empty();
      Number.isNaN(Date.parse(String(sweep['date']))).should.be.false();
    });

    it('lets the platform search for jobs', async () => {
      rescale.clearRequests();
      await answer('lookups/jobs', { platform: 'known', search: 'naca 0012' });
      const [request] = rescale.requests();
      request!.url.should.match(/\/jobs\/.*search=naca(\+|%20)0012/);
    });

    it('lists runs in their order, with state and variables', async () => {
      const { rows } = await answer('lookups/runs', { platform: 'known', jobId: 'foamSweep' });
      rows!.map((row) => row['id']).should.eql(rows!.map((_row, index) => String(index + 1)));
      for (const row of rows!) {
        ['pending', 'running', 'completed'].should.containEql(row['state']);
        (row['variables'] as object[]).length.should.be.above(0);
      }
    });

    it('lists the output files of a run that has ended, with their sizes', async () => {
      const { rows, live } = await answer('lookups/files', {
        platform: 'known',
        jobId: 'XXXXXX',
        runId: '1',
      });
      live!.should.be.false();
      rows!.length.should.be.above(0);
      for (const row of rows!) {
        (row['bytes'] as number).should.be.a.Number();
        String(row['id']).should.not.be.empty();
      }
    });

    it('lists the working directory of a run in progress', async () => {
      let running: Record<string, unknown> | undefined;
      for (let minutes = 0; !running && minutes < 600; minutes += 1) {
        rescale.advance(60);
        const runs = await answer('lookups/runs', { platform: 'known', jobId: 'foamSweep' });
        running = runs.rows!.find((row) => row['state'] === 'running');
      }
      if (!running) throw new Error('no run of the sweep is in progress');
      const question = { platform: 'known', jobId: 'foamSweep', runId: running['id'] };
      const { rows, live } = await answer('lookups/files', question);
      live!.should.be.true();
      rows!.map((row) => row['path']).should.containEql('process_output.log');
    });

    it('lists hardware with its cores and price, projects, and the versions of software or of a job', async () => {
      const rowsOf = async (kind: string, question: object = {}) =>
        (await answer(`lookups/${kind}`, { platform: 'known', ...question })).rows!;
      const coreTypes = await rowsOf('coretypes');
      coreTypes.find(({ code }) => code === 'marble')!.should.have.properties({ price: '0.06' });
      (await rowsOf('projects')).map(({ code }) => code).should.containEql('structures');
      (await rowsOf('analyses', { search: 'openfoam' })).length.should.be.above(1);
      const versions = await rowsOf('versions', { analysis: 'openfoam_plus' });
      versions.map(({ code }) => code).should.containEql('v1706+-intelmpi');
      (await rowsOf('versions', { jobId: 'foamSweep' })).length.should.be.above(0);
    });

    it('shows what would be sent, to nobody but who may deploy', async () => {
      const fields = { from: 'job', source: 'foamSweep', sourceType: 'str', tokens: 'x', tokensType: 'msg' };
      const asked = { platform: 'known', fields };
      const response = await nodeRed.request('rescale-submit-job/preview', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(asked),
      });
      const { preview, open } = (await response.json()) as { preview: { runs: number }; open: string[] };
      preview.runs.should.equal(24);
      open.should.eql(['tokens']);
      const refused = await nodeRed.request(
        'rescale-submit-job/preview',
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(asked) },
        visitor,
      );
      refused.status.should.equal(401);
    });

    it('says in a key of the catalog why there is no list', async () => {
      const why = async (question: object, lookup = 'jobs') =>
        (await answer(`lookups/${lookup}`, question)).reason!.key;
      (await why({ platform: 'never deployed' })).should.equal('rescale-platform.pick.not-deployed');
      (await why({})).should.equal('rescale-platform.pick.not-deployed');
      (await why({ platform: 'keyless' })).should.equal('errors.config-no-token');
      (await why({ platform: 'gone' })).should.equal('errors.network-refused');
      (await why({ platform: 'known', jobId: 'nobody' }, 'runs')).should.equal('errors.not-found-job');
      (await why({ platform: 'known', jobId: '../users' }, 'runs')).should.equal('errors.input-id');
      (await why({ platform: 'known', jobId: { a: 1 } }, 'runs')).should.equal('errors.input-id');
    });

    describe('about a platform as the dialogs hold it', () => {
      const draft = { apiVersion: 'v2', timeout: '30', speed: '60', tls: '', proxy: '' };

      it('lists what was never deployed, with a key that was typed', async () => {
        const typed = { ...draft, id: 'new', url: rescale.origin, token: TOKEN };
        const { rows } = await answer('drafts/jobs', { draft: typed });
        rows!.some((row) => row['id'] === 'foamSweep').should.be.true();
        const runs = await answer('drafts/runs', { draft: typed, jobId: 'XXXXXX' });
        runs.rows!.length.should.be.above(0);
      });

      it('lists the simulator’s', async () => {
        const { rows } = await answer('drafts/jobs', { draft: { ...draft, id: 'new', url: 'simulator' } });
        rows!.some((row) => row['id'] === 'foamSweep').should.be.true();
      });

      it('answers only who may deploy, because the address is theirs to choose', async () => {
        const typed = { ...draft, id: 'new', url: strangerOrigin, token: 'any' };
        (await ask('drafts/jobs', { draft: typed }, visitor)).status.should.equal(401);
        // What a reader adds to a question about a deployed platform changes nothing.
        const asked = { platform: 'known', draft: typed, url: strangerOrigin };
        (await answer('lookups/jobs', asked, visitor)).rows!.length.should.be.above(0);
        strangerHeard.should.eql([]);
      });

      it('sends a stored key nowhere else', async () => {
        const moved = { ...draft, id: 'known', url: strangerOrigin, token: '__PWRD__' };
        const said = await answer('drafts/jobs', { draft: moved });
        said.reason!.key.should.equal('rescale-platform.test.stored-elsewhere');
        strangerHeard.should.eql([]);
      });

      it('says in a key of the catalog why there is nothing', async () => {
        (await answer('drafts/jobs', {})).reason!.key.should.equal('errors.config-no-token');
      });
    });

    it('says which folder a relative one is', async () => {
      const response = await ask('folder', { folder: 'results' }, visitor);
      const { folder } = (await response.json()) as { folder: string };
      folder.should.match(/[/\\]results$/);
    });

    describe('to test a connection', () => {
      const dialog = { apiVersion: 'v2', timeout: '30', speed: '60', tls: '', proxy: '' };

      it('tries what was never deployed', async () => {
        const said = await answer('test', { ...dialog, id: 'new', url: rescale.origin, token: TOKEN });
        (said.reason === undefined).should.be.true();
        said.platform!.should.equal(rescale.origin);
        said.milliseconds!.should.be.a.Number();
      });

      it('tries the simulator without any key', async () => {
        const said = await answer('test', { ...dialog, id: 'new', url: 'simulator', token: '' });
        said.platform!.should.equal('simulator');
      });

      it('uses the stored key for the stored address', async () => {
        const said = await answer('test', { ...dialog, id: 'known', url: rescale.origin, token: '__PWRD__' });
        (said.reason === undefined).should.be.true();
      });

      it('sends a stored key nowhere else', async () => {
        const question = { ...dialog, id: 'known', url: strangerOrigin, token: '__PWRD__' };
        const said = await answer('test', question);
        said.reason!.key.should.equal('rescale-platform.test.stored-elsewhere');
        strangerHeard.should.eql([]);
        const unknown = await answer('test', { ...question, id: 'never deployed' });
        unknown.reason!.key.should.match(/config-no-token|stored-elsewhere/);
        strangerHeard.should.eql([]);
      });

      it('says exactly what is wrong', async () => {
        const why = async (question: object) =>
          (await answer('test', { ...dialog, id: 'new', url: rescale.origin, token: TOKEN, ...question }))
            .reason!.key;
        (await why({ token: 'wrong' })).should.equal('errors.auth');
        (await why({ token: '' })).should.equal('errors.config-no-token');
        (await why({ token: '${NO_SUCH_VARIABLE_HERE}' })).should.equal('errors.config-variable');
        (await why({ url: 'http://127.0.0.1:9' })).should.equal('errors.network-refused');
        (await why({ url: 'https://no-such-host.invalid' })).should.match(/^errors\.network/);
        (await why({ url: 'http://platform.rescale.com' })).should.match(/^errors\.config-(url|plain)/);
        (await why({ url: strangerOrigin })).should.match(/^errors\.protocol/);
        (await why({ tls: 'not there' })).should.equal('rescale-platform.test.not-deployed-tls');
        (await why({ proxy: 'not there' })).should.equal('rescale-platform.test.not-deployed-proxy');
      });
    });
  });
}
