import should from 'should';

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

import { startNodeRed, type FlowNode, type NodeRed } from '../real/node-red';
import { runtimes, withRecipeNodes } from '../real/runtimes';
import { projectFolder } from '../real/scripts';
import { openPage } from './browser';

const example = (name: string): FlowNode[] =>
  JSON.parse(readFileSync(join(projectFolder, 'examples', `${name}.json`), 'utf8')) as FlowNode[];

/** A mail server that keeps the first mail it gets. */
async function mailServer() {
  let received: (mail: ParsedMail) => void = () => {};
  const mail = new Promise<ParsedMail>((resolve) => (received = resolve));
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      void simpleParser(stream, { skipImageLinks: true }).then((parsed) => {
        received(parsed);
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return { mail, port, close: () => server.close() };
}

for (const runtime of runtimes) {
  describe(`recipes with the nodes of others in Node-RED ${runtime}`, function () {
    this.timeout(180_000);
    let nodeRed: NodeRed;

    before(async () => {
      nodeRed = await startNodeRed({ runtime, settings: withRecipeNodes() });
    });
    after(() => nodeRed?.remove());

    it('send a mail that shows table and picture', async () => {
      const server = await mailServer();
      const flow = example('35 - e-mail with table and picture');
      const place = flow.find(({ name }) => name === 'E-mail')!;
      Object.assign(place, { type: 'e-mail', server: '127.0.0.1', port: String(server.port) });
      Object.assign(place, { authtype: 'NONE', secure: false, tls: false, name: 'engineer@example.org' });
      try {
        await nodeRed.deploy(flow);
        await nodeRed.inject(flow.find(({ type }) => type === 'inject')!.id);
        const mail = await server.mail;
        mail.subject!.should.match(/^\[Rescale\] Job foamSweep/);
        mail.text!.should.match(/^Job foamSweep/);
        const [picture] = mail.attachments;
        picture!.should.have.properties({ filename: 'front.png', contentType: 'image/png', cid: 'front' });

        const { page } = await openPage();
        const data = `data:image/png;base64,${picture!.content.toString('base64')}`;
        await page.setContent(String(mail.html).replace('cid:front', data));
        await page.locator('img').evaluate((image: HTMLImageElement) => image.decode());
        const width = await page.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth);
        should(width).equal(900);
        (await page.locator('table tr').count()).should.equal(11);
        (await page.locator('th').allInnerTexts()).should.containDeep(['run', 'lift', 'drag']);
      } finally {
        server.close();
      }
    });

    it('fill a page of Dashboard 2', async () => {
      await nodeRed.deploy(example('37 - dashboard of a sweep'));
      const { page, troubles } = await openPage();
      await page.goto(`${nodeRed.origin}/dashboard/sweep`);
      await page.locator('table').getByText('★').first().waitFor({ timeout: 90_000 });
      const headings = await page.locator('table th').allInnerTexts();
      headings.should.containDeep(['state', 'run', 'lift', 'drag']);
      headings.filter((heading) => heading.trim() === '').should.eql([]);
      // Each run that computes has the small curve of its residual, of several points.
      await page
        .locator('table tbody svg path[d*="L"]')
        .nth(2)
        .waitFor({ state: 'attached', timeout: 60_000 });
      // Dashboard 2 draws on a canvas once there is data.
      await page.locator('canvas').first().waitFor({ timeout: 60_000 });
      troubles.filter((trouble) => trouble.startsWith('uncaught')).should.eql([]);
    });

    it('draw the residuals of three runs side by side while they compute', async () => {
      await nodeRed.deploy(example('39 - residuals on a dashboard'));
      const { page, troubles } = await openPage();
      await page.goto(`${nodeRed.origin}/dashboard/converge`);
      for (const run of ['Run 1', 'Run 2', 'Run 6']) await page.getByText(run, { exact: true }).waitFor();
      // Each chart draws on a canvas once there is data.
      await page.locator('canvas').nth(2).waitFor({ timeout: 90_000 });
      troubles.filter((trouble) => trouble.startsWith('uncaught')).should.eql([]);
    });
  });
}
