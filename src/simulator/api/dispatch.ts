import { empty, htmlNotFound, json, notFound, Refusal, refused, type Answer } from '../answers/answers';
import { accountRoutes } from './account-routes';
import { catalogRoutes } from './catalog-routes';
import { fileRoutes } from './file-routes';
import { jobRoutes } from './job-routes';
import { labelRoutes } from './label-routes';
import type { ApiRequest, ReceivedFile, Route } from './request';
import { runRoutes } from './run-routes';

const routes: Route[] = [
  { path: /^$/, methods: { GET: root } },
  ...accountRoutes,
  ...catalogRoutes,
  ...jobRoutes,
  ...labelRoutes,
  ...runRoutes,
  ...fileRoutes,
];

function root({ origin, prefix }: ApiRequest): Answer {
  const names = ['analyses', 'coretypes', 'files', 'jobs'];
  return json(Object.fromEntries(names.map((name) => [name, `${origin}${prefix}${name}/`])));
}

/** The prefix of a path and what follows; null outside the API. */
export function splitPrefix(pathname: string): { prefix: string; rest: string } | null {
  const parts = /^(\/api\/(?:v[23]\/)?)(.*)$/.exec(pathname);
  return parts ? { prefix: parts[1]!, rest: parts[2]! } : null;
}

type Question = Omit<ApiRequest, 'prefix' | 'parts' | 'body' | 'upload'> & { token: string };

/** What stands behind an address, before its body is read. */
interface Resolved {
  takes: 'file' | 'json' | 'nothing';
  answer(now: number, body: unknown, upload: ReceivedFile | null): Answer;
}

/** Who may ask what: a refusal, or what answers once the body is there. */
export function resolve(question: Question): Answer | Resolved {
  const split = splitPrefix(question.pathname);
  if (!split) return htmlNotFound();
  const { prefix, rest } = split;
  const found = match(prefix, rest);
  if (!found && !rest.endsWith('/') && match(prefix, `${rest}/`)) return slashed(question);
  return refusing(() => {
    authenticate(question.headers['authorization'], question.token);
    if (!found) throw notFound();
    const parts = found.parts.map(decode);
    const { route } = found;
    const handler = route.methods[question.method === 'HEAD' ? 'GET' : question.method];
    if (!handler) throw notAllowed(route, question.method);
    return {
      takes: route.takesFile ? 'file' : route.ignoresBody ? 'nothing' : 'json',
      answer: (now, body, upload) =>
        refusing(() => handler({ ...question, now, prefix, parts, body, upload })),
    };
  });
}

function refusing<T>(act: () => T): T | Answer {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

function match(prefix: string, rest: string): { route: Route; parts: string[] } | null {
  for (const route of routes) {
    if (route.onlyV3 && prefix !== '/api/v3/') continue;
    const parts = route.path.exec(rest);
    if (parts) return { route, parts: parts.slice(1) };
  }
  return null;
}

/** As Django's append-slash does: for every method, which turns a POST into a GET (docs/platform.md, "Addresses"). */
function slashed({ pathname, query }: Question): Answer {
  const text = query.toString();
  return empty(301, { location: `${pathname}/${text ? `?${text}` : ''}` });
}

function authenticate(authorization: string | undefined, token: string): void {
  const asked = { 'www-authenticate': 'Token' };
  const given = /^Token +(\S+)$/i.exec(authorization ?? '');
  if (!given) throw new Refusal(401, 'Authentication credentials were not provided.', asked);
  if (given[1] !== token) throw new Refusal(401, 'Invalid token.', asked);
}

function notAllowed(route: Route, method: string): Refusal {
  const allow = [...Object.keys(route.methods), 'HEAD', 'OPTIONS'].join(', ');
  return new Refusal(405, `Method "${method}" not allowed.`, { allow });
}

function decode(part: string): string {
  try {
    return part.split('/').map(decodeURIComponent).join('/');
  } catch {
    throw notFound();
  }
}
