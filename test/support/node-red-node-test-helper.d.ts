/** The part of the helper that is used here; the package brings no types. */
declare module 'node-red-node-test-helper' {
  import type { Node, NodeAPI } from 'node-red';

  type NodeModule = (RED: NodeAPI) => void | Promise<void>;
  type DeployType = 'full' | 'flows' | 'nodes';

  interface NodeTestHelper {
    settings(settings: object): object;
    load(modules: NodeModule[], flow: object[], credentials?: object): Promise<void>;
    setFlows(flow: object[], type: DeployType, credentials?: object): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): Node | null;
    startServer(): Promise<void>;
    stopServer(): Promise<void>;
  }

  const helper: NodeTestHelper;
  export = helper;
}
