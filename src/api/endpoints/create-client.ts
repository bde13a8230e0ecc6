import { checkOrigin, versionPrefix } from '../http/addresses';
import { createPipeline } from '../request/pipeline';
import type { ClientOptions, RescaleClient } from '../client/client';
import { systemClock } from '../time/clock';
import { createPlatformTime } from '../time/platform-time';
import { checkTls, checkToken } from '../http/credentials';
import { catalogEndpoints } from './catalog';
import { createEndpoint } from './context';
import { fileEndpoints } from './files';
import { jobEndpoints } from './jobs';
import { runEndpoints } from './runs';
import { readProxy } from '../http/proxy';
import type * as transportModule from '../http/transport';

/**
 * The client for one key on one platform. Sends nothing and loads no HTTP library before the first call. Throws
 * RESCALE_CONFIG when the address, the token, the proxy or the TLS options can't be used.
 */
export function createClient(options: ClientOptions): RescaleClient {
  const origin = checkOrigin(options.origin);
  const platform = options.platform ?? origin;
  const token = checkToken(options.token);
  const proxy = readProxy(options.proxy);
  const tls = checkTls(options.tls);
  const { timeout, patience, budget, log, warn, clock = systemClock, random = Math.random } = options;

  const platformTime = createPlatformTime(clock);
  let transport: transportModule.Transport | null = null;
  const make = createPipeline({
    origin,
    platform,
    token,
    timeout,
    patience,
    budget,
    clock,
    platformTime,
    random,
    log,
    transport: () => (transport ??= loadTransport().createTransport(proxy, tls)),
  });
  const prefix = versionPrefix(options.apiVersion);
  const endpoint = createEndpoint({ platform, token, prefix, make, warn });
  return {
    origin,
    budget,
    platformNow: () => platformTime.now(),
    ...runEndpoints(endpoint),
    ...jobEndpoints(endpoint),
    ...fileEndpoints(endpoint),
    ...catalogEndpoints(endpoint),
    close: () => transport?.close(),
  };
}

/** Only when needed: axios takes longer to load than all the rest, and every start of Node-RED would pay for it. */
function loadTransport(): typeof transportModule {
  return module.require('../http/transport') as typeof transportModule;
}
