import type { Node, NodeAPI } from 'node-red';
import type { FieldSource } from '../fields/fields';
import type { Message } from './definition';

/**
 * The typed properties of a node, for one message. Always with a callback: JSONata and many context stores answer
 * later, and Node-RED throws when it has nobody to tell.
 */
export function propertyEvaluator(RED: NodeAPI, node: Node, message: Message): FieldSource['evaluate'] {
  return (value, type) =>
    new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(value, type, node, message, (error, result) => {
        if (!error) resolve(result);
        // msg.a.b fails where there is no msg.a; for a user both are the same: there is nothing.
        else if (type === 'msg') resolve(undefined);
        else reject(error);
      });
    });
}
