/** What each node file registers with Node-RED: it is run once, before somebody who writes it down. */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import type { Registration } from '../../nodes/late';
import { SourceError } from '../../nodes/dialog/source-error';
import type { NodeSource } from './sources';

export function registrationOf({ name, type }: NodeSource, folder: string): Registration {
  const registered: Registration[] = [];
  const addresses: Registration['addresses'] = [];
  const RED = {
    events: new EventEmitter(),
    log: console,
    auth: { needsPermission: (permission: string) => permission },
    nodes: {
      registerType: (registeredType: string, _construct: unknown, options?: object) =>
        registered.push({ type: registeredType, options, addresses }),
    },
    httpAdmin: { post: (address: string, permission: string) => addresses.push([address, permission]) },
  };
  const register = module.require(join(folder, name, 'node.ts')) as (RED: NodeAPI) => void;
  register(RED as unknown as NodeAPI);
  const [registration, ...others] = registered;
  if (registration?.type !== type || others.length > 0)
    throw new SourceError(`nodes/${name}/node.ts does not register ${type}, and nothing else.`);
  return registration;
}
