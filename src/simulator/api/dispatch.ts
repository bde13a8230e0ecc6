import { empty, htmlNotFound, json, notFound, Refusal, refused, type Answer } from '../answers/answers';
import { fileRoutes } from './file-routes';
import { jobRoutes } from './job-routes';
import type { ApiRequest, Route } from './request';
import { runRoutes } from './run-routes';

const ACCOUNT = { email: 'demouser@rescale.com', firstName: 'Demo', lastName: 'User' };

const connection: Route[] = [
  { path: /^$/, methods: { GET: root } },
  { path: /^users\/me\/$/, methods: { GET: () => json(ACCOUNT) } },
];

const routes: Route[] = [...connection, ...jobRoutes, ...runRoutes, ...fileRoutes];

function root({ origin, prefix }: ApiRequest): Answer {
  return json({ jobs: `${origin}${prefix}jobs/`, files: `${origin}${prefix}files/` });
}

/** The prefix of a path and what follows; null outside the API. v3 is served for its `users/me/` only. */
export function splitPrefix(pathname: string): { prefix: string; rest: string } | null {
  const parts = /^(\/api\/(?:v[23]\/)?)(.*)$/.exec(pathname);
  return parts ? { prefix: parts[1]!, rest: parts[2]! } : null;
}

export type Question = Omit<ApiRequest, 'prefix' | 'parts'> & { token: string };

export function answer(question: Question): Answer {
  const split = splitPrefix(question.pathname);
  if (!split) return htmlNotFound();
  const { prefix, rest } = split;
  const served = prefix === '/api/v3/' ? connection.slice(1) : routes;
  try {
    const found = match(served, rest);
    if (!found && !rest.endsWith('/') && match(served, `${rest}/`)) return slashed(question);
    authenticate(question.headers['authorization'], question.token);
    if (!found) throw notFound();
    const parts = found.parts.map(decode);
    const handler = found.route.methods[question.method === 'HEAD' ? 'GET' : question.method];
    if (!handler) throw notAllowed(found.route, question.method);
    return handler({ ...question, prefix, parts });
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

function match(table: Route[], rest: string): { route: Route; parts: string[] } | null {
  for (const route of table) {
    const parts = route.path.exec(rest);
    if (parts) return { route, parts: parts.slice(1) };
  }
  return null;
}

/** As Django's append-slash does: for every method, which turns a POST into a GET (rescale-platform.md 1.4). */
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
