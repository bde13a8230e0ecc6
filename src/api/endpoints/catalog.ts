import type { CallOptions, RescaleClient } from '../client/client';
import type { ComputePrice } from '../client/types';
import type { Call } from '../request/request';
import type { Endpoint } from './endpoint';
import { listPages } from './paging';
import { readAnalysis, readCoreType, readPrices, readProject } from './catalog-rows';
import { readJobSummary, readRecord } from './rows';

type CatalogCalls =
  'listCoreTypes' | 'listAnalyses' | 'computePrices' | 'currentUser' | 'listProjects' | 'checkConnection';

/** What there is to choose from, and who asks (docs/platform.md, catalog). */
export function catalogEndpoints(endpoint: Endpoint): Pick<RescaleClient, CatalogCalls> {
  const { read, noApi, prefix } = endpoint;
  const get = (path: string): Call => ({ method: 'GET', path, notFound: noApi });

  return {
    async *listCoreTypes(options) {
      const list = {
        path: `${prefix}coretypes/`,
        notFound: noApi,
        query: { isActive: 'true' },
        expected: 'CoreType[]',
      };
      yield* listPages(endpoint.listing(list, readCoreType, ({ code }) => code, options));
    },
    async *listAnalyses(options) {
      const list = { path: `${prefix}analyses/`, notFound: noApi, expected: 'Analysis[]' };
      yield* listPages(endpoint.listing(list, readAnalysis, ({ code }) => code, options));
    },
    async computePrices(options) {
      const call = get(`${prefix}billing/computeprices/`);
      const { rows, odd } = await read(call, 'ComputePrice[]', readPrices, options);
      endpoint.tellOdd(odd, 'ComputePrice[]');
      return rows satisfies ComputePrice[];
    },
    async currentUser(options) {
      return await read(get(`${prefix}users/me/`), 'User', readRecord, options);
    },
    async *listProjects(options) {
      const list = { path: `${prefix}users/me/projects/`, notFound: noApi, expected: 'Project[]' };
      yield* listPages(endpoint.listing(list, readProject, ({ id }) => id, options));
    },

    async checkConnection(options?: CallOptions) {
      // Documented, small, and refused without a valid key; there is no documented call that names the user.
      const path = `${prefix}jobs/`;
      const list = { path, notFound: noApi, expected: 'Job[]' };
      const first = endpoint.listing(list, readJobSummary, ({ id }) => id, options);
      const envelope = await first.fetchPage({ page_size: 1 }, options?.signal);
      const owner: unknown = envelope?.rows[0] && 'owner' in envelope.rows[0] ? envelope.rows[0].owner : null;
      return { user: typeof owner === 'string' ? owner : null };
    },
  };
}
