import type { Answer } from '../answers/answers';
import type { Asked } from '../answers/lists';
import type { Platform } from '../model/platform';

/** A request to the API, taken apart. */
export interface ApiRequest extends Asked {
  platform: Platform;
  /** Virtual, ms since the epoch. */
  now: number;
  method: string;
  /** `/api/` or `/api/v2/` */
  prefix: string;
  headers: Record<string, string>;
  /** The parts of the path that the route names, decoded. */
  parts: string[];
  /** Where signed addresses lead to. */
  storage: string;
  redirectContents: boolean;
}

export interface Route {
  /** Over the path after the prefix; each group is a part. */
  path: RegExp;
  methods: Record<string, (request: ApiRequest) => Answer>;
}
