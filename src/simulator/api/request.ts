import type { Answer } from '../answers/answers';
import type { ListRequest } from '../answers/lists';
import type { Content } from '../content/contents';
import type { Platform } from '../model/platform';

/** A parsed request to the API. */
export interface ApiRequest extends ListRequest {
  platform: Platform;
  /** Virtual, ms since the epoch. */
  now: number;
  method: string;
  /** `/api/`, `/api/v2/` or `/api/v3/` */
  prefix: string;
  headers: Record<string, string>;
  /** The parts of the path that the route names, decoded. */
  parts: string[];
  /** Where signed addresses lead to. */
  storage: string;
  redirectContents: boolean;
  /** What was sent, of JSON; undefined when nothing was. */
  body: unknown;
  /** What was uploaded, by routes that take files. */
  upload: ReceivedFile | null;
}

/** An uploaded file on the disk, before it has an id. */
export interface ReceivedFile {
  name: string;
  /** As the client said, in the part's header or a field of the form; default an input. */
  typeId: number | null;
  content: Content;
  md5: string | null;
  sha512: string | null;
}

export interface Route {
  /** Over the path after the prefix; each group is a part. */
  path: RegExp;
  methods: Record<string, (request: ApiRequest) => Answer>;
  /** Takes a file as multipart/form-data, in place of JSON. */
  takesFile?: true;
  /** Clients send all kinds of bodies here; none of them is read. */
  ignoresBody?: true;
  /** Only under `/api/v3/`. */
  onlyV3?: true;
}
