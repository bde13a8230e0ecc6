/** The button of the watch dialog: lets the deployed node send a sample of each chosen event. */
import type { Node, NodeAPI } from 'node-red';
import { registerEditorRoute, EditorError } from './editor-route';

/** Registers the route `rescale-watch-runs/test`. Called once, by that node's file. */
export function registerTestEvent(RED: NodeAPI): void {
  registerEditorRoute(RED, '/rescale-watch-runs/test', 'rescale-watch-runs.write', (request) => {
    const node = RED.nodes.getNode(String(request['id'])) as Node | null;
    if (node?.type !== 'rescale-watch-runs') return Promise.reject(new EditorError('ask.node-not-deployed'));
    node.receive({ action: 'test' });
    return Promise.resolve({});
  });
}
