import { nodesOnSimulator } from '../support/nodes-on-simulator';

/** A job with a run that has ended and one that computes, with files of both. */
const filesScript = {
  id: 'j1',
  runs: [
    {
      duration: 100,
      outputsAfter: 0,
      files: [
        { path: 'shared/case/0/U', content: 'one' },
        { path: 'shared/case/0/p', content: 'two' },
        { path: 'shared/.hidden/U', content: 'three' },
      ],
    },
    {
      duration: 50_000,
      files: [
        { path: 'shared/case/0/U', content: 'a\nb\nc\n' },
        { path: 'shared/case/log', content: 'x' },
      ],
    },
  ],
};

/** For the `describe` of a node that works on this job. */
export function nodesOnFiles(): ReturnType<typeof nodesOnSimulator> {
  const suite = nodesOnSimulator();
  before(() => {
    suite.simulator.createJob(filesScript);
    suite.simulator.advance(1000);
  });
  return suite;
}
