import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Node, NodeAPI } from 'node-red';

/** What a node file does with Node-RED when it is loaded: the build has watched it, for the file that Node-RED loads in its place. */
export interface Registration {
  type: string;
  options?: object;
  /** What the editor asks, and the permission that it needs. */
  addresses: [address: string, permission: string][];
}

type Register = (RED: NodeAPI) => void;
type Constructor = (this: Node, config: object) => void;

/**
 * Registers a node type, and loads what it does with the first node of it, or the first question of the editor: to compile all
 * that these nodes can do is most of what loading them takes, and many a Node-RED has no node of them in its flows.
 */
export function late(load: () => Register, { type, options, addresses }: Registration): Register {
  return (RED) => {
    let loaded: ReturnType<typeof registrationsOf> | null = null;
    // What can't be loaded is tried again each time, so that Node-RED logs the reason with each node that it can't make.
    const use = () => (loaded ??= registrationsOf(load(), RED));

    const construct = function (this: Node, config: object) {
      use().construct!.call(this, config);
    };
    RED.nodes.registerType(type, construct, options);
    for (const [address, permission] of addresses) {
      const answer = (request: Request, response: Response, next: NextFunction): void =>
        void use().answers.get(address)!(request, response, next);
      RED.httpAdmin.post(address, RED.auth.needsPermission(permission), answer);
    }
  };
}

/** What a node file registers, kept here: Node-RED knows of it. */
function registrationsOf(register: Register, RED: NodeAPI) {
  const made: { construct?: Constructor; answers: Map<string, RequestHandler> } = { answers: new Map() };
  const nodes = {
    ...RED.nodes,
    registerType: (_type: string, construct: Constructor) => (made.construct = construct),
  };
  const httpAdmin = {
    post: (address: string, _permission: RequestHandler, answer: RequestHandler) =>
      made.answers.set(address, answer),
  };
  register(Object.create(RED, { nodes: { value: nodes }, httpAdmin: { value: httpAdmin } }) as NodeAPI);
  return made;
}
