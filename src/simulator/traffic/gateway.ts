import { htmlPage, json, type Answer } from '../answers/answers';
import type { GatewayForm } from '../scripts/fault-rule';

const REASON_PHRASES: Record<number, string> = {
  200: 'OK',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  407: 'Proxy Authentication Required',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The answer of a proxy, load balancer, firewall or storage in front of the API, in its own form. */
export function gatewayAnswer(status: number, form: GatewayForm): Answer {
  const phrase = REASON_PHRASES[status] ?? 'Error';
  const text = (type: string, content: string): Answer => ({
    status,
    headers: { 'content-type': type },
    body: { kind: 'text', text: content },
  });
  switch (form) {
    case 'text':
      return text('text/plain; charset=utf-8', `${phrase}\n`);
    case 'empty':
      return { status, headers: {}, body: { kind: 'none' } };
    case 'json':
      return json({ error: { code: status, message: phrase }, requestId: '7f1c2a9d' }, status);
    case 'html':
      return htmlPage(status, status < 400 ? 'Sign in to your network' : `${status} ${phrase}`);
    case 'xml':
      return text(
        'application/xml',
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${phrase.replaceAll(' ', '')}</Code>` +
          `<Message>${phrase}</Message><RequestId>7F1C2A9D</RequestId></Error>\n`,
      );
  }
}
