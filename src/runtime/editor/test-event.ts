/** The button of the watch dialog: lets the deployed node send a sample of each chosen event. */
import type { Node, NodeAPI } from 'node-red';
import { answerEditor, EditorReason } from './editor-answers';

/** Makes the address `rescale-watch-runs/test`. Called once, by that node's file. */
export function registerTestEvent(RED: NodeAPI): void {
  answerEditor(RED, '/rescale-watch-runs/test', 'rescale-watch-runs.write', (question) => {
    const node = RED.nodes.getNode(String(question['id'])) as Node | null;
    if (node?.type !== 'rescale-watch-runs') return Promise.reject(new EditorReason('ask.node-not-deployed'));
    node.receive({ action: 'test' });
    return Promise.resolve({});
  });
}
