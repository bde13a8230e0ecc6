import { empty, htmlNotFound, json, notFound, HttpError, errorAnswer, type Answer } from '../answers/answers';
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

type UnroutedRequest = Omit<ApiRequest, 'prefix' | 'parts' | 'body' | 'upload'> & { token: string };

/** The route of a request, before its body is read. */
interface MatchedRoute {
  bodyType: 'file' | 'json' | 'nothing';
  answer(now: number, body: unknown, upload: ReceivedFile | null): Answer;
}

/** Authenticates and routes: an error answer, or what answers once the body has been read. */
export function matchRoute(request: UnroutedRequest): Answer | MatchedRoute {
  const split = splitPrefix(request.pathname);
  if (!split) return htmlNotFound();
  const { prefix, rest } = split;
  const found = match(prefix, rest);
  if (!found && !rest.endsWith('/') && match(prefix, `${rest}/`)) return redirectToSlash(request);
  return answerErrors(() => {
    authenticate(request.headers['authorization'], request.token);
    if (!found) throw notFound();
    const parts = found.parts.map(decode);
    const { route } = found;
    const handler = route.methods[request.method === 'HEAD' ? 'GET' : request.method];
    if (!handler) throw notAllowed(route, request.method);
    return {
      bodyType: route.takesFile ? 'file' : route.ignoresBody ? 'nothing' : 'json',
      answer: (now, body, upload) =>
        answerErrors(() => handler({ ...request, now, prefix, parts, body, upload })),
    };
  });
}

function answerErrors<T>(act: () => T): T | Answer {
  try {
    return act();
  } catch (error) {
    if (error instanceof HttpError) return errorAnswer(error);
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
function redirectToSlash({ pathname, query }: UnroutedRequest): Answer {
  const text = query.toString();
  return empty(301, { location: `${pathname}/${text ? `?${text}` : ''}` });
}

function authenticate(authorization: string | undefined, token: string): void {
  const challenge = { 'www-authenticate': 'Token' };
  const given = /^Token +(\S+)$/i.exec(authorization ?? '');
  if (!given) throw new HttpError(401, 'Authentication credentials were not provided.', challenge);
  if (given[1] !== token) throw new HttpError(401, 'Invalid token.', challenge);
}

function notAllowed(route: Route, method: string): HttpError {
  const allow = [...Object.keys(route.methods), 'HEAD', 'OPTIONS'].join(', ');
  return new HttpError(405, `Method "${method}" not allowed.`, { allow });
}

function decode(part: string): string {
  try {
    return part.split('/').map(decodeURIComponent).join('/');
  } catch {
    throw notFound();
  }
}
