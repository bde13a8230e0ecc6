import { debuglog } from 'node:util';
import type { Node, NodeAPI } from 'node-red';
import type { ClientOptions } from '../../api/client/client';
import { withoutKnownKeys } from '../../api/errors/known-keys';
import type { RequestRecord } from '../../api/client/request-record';

/** Prints each request to stderr: `NODE_DEBUG=rescale node-red`. */
const debug = debuglog('rescale');

/** Node-RED's levels that show what a node logs as `debug`. */
const LEVELS = new Set(['debug', 'trace']);

/**
 * Shows each request where somebody wants to see it: at Node-RED's log level `debug`, or with `NODE_DEBUG=rescale`. Nothing is
 * prepared where nobody does.
 */
export function requestLogOf(RED: NodeAPI, node: Pick<Node, 'debug'>): Pick<ClientOptions, 'log'> {
  const byLevel = isShown(RED.settings);
  if (!byLevel && !debug.enabled) return {};
  return {
    log(record) {
      const text = withoutKnownKeys(recordText(record));
      if (byLevel) node.debug(text);
      debug('%s', text);
    },
  };
}

function isShown(settings: object): boolean {
  const { logging } = settings as { logging?: Record<string, { level?: string } | undefined> };
  return Object.values(logging ?? {}).some((handler) => LEVELS.has(handler?.level ?? ''));
}

/** `GET /api/v2/jobs/ab/runs/1/ 200 in 84 ms (jobs, waited 12 ms)` */
function recordText({ method, path, status, milliseconds, scope, waited }: RequestRecord): string {
  return `${method} ${path} ${status ?? 'no answer'} in ${milliseconds} ms (${scope}, waited ${waited} ms)`;
}
