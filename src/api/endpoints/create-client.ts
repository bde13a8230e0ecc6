import { checkOrigin, versionPrefix } from '../http/addresses';
import { createPipeline } from '../request/pipeline';
import type { ClientOptions, RescaleClient } from '../client/client';
import { createPlatformTime, systemClock } from '../time/clock';
import { checkTls, checkToken } from '../http/credentials';
import { catalogEndpoints } from './catalog';
import { createEndpoint } from './endpoint';
import { fileEndpoints } from './files';
import { jobEndpoints } from './jobs';
import { runEndpoints } from './runs';
import { readProxy } from '../http/proxy';
import { createTransport } from '../http/transport';

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
  const {
    timeout,
    patience,
    slowAfter,
    budget,
    log,
    warn,
    clock = systemClock,
    random = Math.random,
  } = options;

  const platformTime = createPlatformTime(clock);
  const transport = createTransport(proxy, tls);
  const make = createPipeline({
    origin,
    platform,
    token,
    timeout,
    patience,
    slowAfter,
    budget,
    clock,
    platformTime,
    random,
    log,
    transport,
  });
  const prefix = versionPrefix(options.apiVersion);
  const endpoint = createEndpoint({ platform, token, prefix, make, warn });
  return {
    origin,
    budget,
    platformNow: platformTime.now,
    platformTold: platformTime.isTold,
    ...runEndpoints(endpoint),
    ...jobEndpoints(endpoint),
    ...fileEndpoints(endpoint),
    ...catalogEndpoints(endpoint),
    close: () => transport.close(),
  };
}
