import should from 'should';
import { sep } from 'node:path';
import { flowAround, loadFlow, platformOf } from '../support/flow';
import { runtimeUnderTest } from '../real/runtimes';

/** Which Node-RED the tests of nodes are in, which nobody would see if they all ran in the other one. */
describe('The Node-RED inside the test process', () => {
  it('is the one that the suite names, and no second one is beside it', async () => {
    const server = { origin: 'http://127.0.0.1:1', token: 'token' };
    const flow = await loadFlow(...flowAround({ type: 'rescale-get-run' }, platformOf(server)));
    await flow.unload();

    const packages = Object.keys(require.cache)
      .filter((file) => file.includes(`${sep}@node-red${sep}`))
      .map((file) => file.replace(/^(.*\W@node-red\W[^/\\]+).*$/s, '$1'));
    const versions = [...new Set(packages)].map((folder) => {
      const { version } = module.require(`${folder}/package.json`) as { version: string };
      return version;
    });
    versions.should.not.be.empty();
    const [major, minor] = versions[0]!.split('.');
    should([...new Set(versions)]).have.length(1);
    should(runtimeUnderTest === '5' ? major : `${major}.${minor}`).equal(runtimeUnderTest);
  });
});
