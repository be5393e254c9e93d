import http from 'node:http';
import { z } from 'zod';
import { FAULTS_PATH } from '@omni/contracts/local-cloud-faults.ts';
import { isAuthorized } from '../api/call-token.ts';
import { DIFFERENCES } from '../differences.ts';
import type { LogBook } from '../supervisor/log-book.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import { buildRoutes } from './build-routes.ts';
import type { BuildSource } from './build-routes.ts';
import { faultRoutes } from './fault-routes.ts';
import { listTargets } from './list-targets.ts';

export interface HttpSettings extends BuildSource {
  readonly token: string;
  readonly fleet: Fleet;
  readonly logs: LogBook;
  /** Parts and their states for /healthz. */
  readonly health: () => Readonly<Record<string, string>>;
}

export interface HttpEndpoint {
  readonly port: number;
  readonly stop: () => void;
}

const logQuery = z.object({
  service: z.string().optional(),
  revision: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(200),
  after: z.coerce.number().int().min(0).optional(),
});

/** The side door: scrape targets, logs, health. On 127.0.0.1, with the token, for our own host. */
export async function startHttp(settings: HttpSettings): Promise<HttpEndpoint> {
  const server = http.createServer((request, response) => {
    route(settings, request)
      .catch(() => problem(500, 'internal', 'The request could not be answered'))
      .then((answer) => {
        send(response, answer);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function send(response: http.ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

/** A page of another origin that points its own name at us is refused before anything is read. */
function isOwnHost(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host ?? '');
}

async function route(settings: HttpSettings, request: http.IncomingMessage): Promise<Answer> {
  if (!isOwnHost(request.headers.host)) return problem(403, 'host_refused', 'Foreign host name');
  if (!isAuthorized(request.headers.authorization, settings.token))
    return problem(401, 'unauthorized', 'The access token is missing or wrong');
  const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
  if (url === null) return problem(400, 'invalid_request', 'The request target is no URL');
  if (url.pathname === FAULTS_PATH) return faultRoutes(settings.faults, request, url.searchParams);
  const build = buildRoutes(settings, request, url.pathname);
  if (build !== null) return build;
  if (request.method !== 'GET') return problem(405, 'method_not_allowed', 'Only GET is served');
  return read(settings, url);
}

function read(settings: HttpSettings, url: URL): Answer {
  switch (url.pathname) {
    case '/healthz':
      return { status: 200, body: { status: 'ok', ...settings.health() } };
    case '/v1/targets':
      return { status: 200, body: listTargets(settings.fleet) };
    case '/v1/differences':
      return { status: 200, body: DIFFERENCES };
    case '/v1/logs':
      return readLogs(settings.logs, url.searchParams);
    default:
      return problem(404, 'not_found', 'Nothing is served here');
  }
}

function readLogs(logs: LogBook, parameters: URLSearchParams): Answer {
  const parsed = logQuery.safeParse(Object.fromEntries(parameters));
  if (!parsed.success) return problem(400, 'invalid_request', parsed.error.message);
  return { status: 200, body: logs.query(parsed.data) };
}
