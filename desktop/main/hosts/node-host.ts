import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { PORT_PATH, RPC_PATH } from '../../shared/contract/handshake.ts';
import type { Context } from '../rpc/context.ts';
import { router } from '../rpc/router.ts';
import type { PageAnswer } from './page-files.ts';
import { plain, readPageFile } from './page-files.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import { admit } from './admit-request.ts';
import { PortsOverHttp } from './port-over-http.ts';
import { newSessionToken } from './session-token.ts';

const MAX_BODY_BYTES = 256 * 1024;

export interface NodeHostOptions {
  readonly context: Context;
  /** Folder of the built page. */
  readonly pageFolder: string;
  /** 0 for any free port. */
  readonly port: number;
}

export interface NodeHost {
  /** With the token: opening it lets a browser in. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

const handler = new RPCHandler(router, {
  plugins: [new BodyLimitPlugin({ maxBodySize: MAX_BODY_BYTES })],
});

/** Serves the router and the page on 127.0.0.1, to whoever has this run's token and nobody else. */
export async function startNodeHost(options: NodeHostOptions): Promise<NodeHost> {
  const token = newSessionToken();
  const ports = new PortsOverHttp(options.context);
  const server = createServer((request, response) => {
    answer(request, response, { ...options, token, ports }).catch((error: unknown) => {
      options.context.core.ports.log.error('a request could not be answered', error);
      if (response.headersSent) response.destroy();
      else send(response, plain(500, 'The console failed at this request.'));
    });
  });
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${String(port)}/?token=${token}`;
  return { url, port, token, close: () => close(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  host: NodeHostOptions & { readonly token: string; readonly ports: PortsOverHttp },
): Promise<void> {
  const refusal = admit(request, host.token);
  if (refusal !== null) {
    send(response, refusal);
    return;
  }
  if (await answerPort(request, response, host.ports)) return;
  const { context } = host;
  const { matched } = await handler.handle(request, response, { prefix: RPC_PATH, context });
  if (!matched) send(response, await page(request, host.pageFolder));
}

/** Is it about the page's port, and then answered? */
async function answerPort(
  request: IncomingMessage,
  response: ServerResponse,
  ports: PortsOverHttp,
): Promise<boolean> {
  const path = pathOf(request);
  if (request.method === 'GET' && path === PORT_PATH) {
    ports.open(response);
    return true;
  }
  if (request.method !== 'POST' || !path.startsWith(`${PORT_PATH}/`)) return false;
  const status = await ports.receive(request, path.slice(PORT_PATH.length + 1));
  response.writeHead(status, PAGE_HEADERS).end();
  return true;
}

function page(request: IncomingMessage, folder: string): Promise<PageAnswer> | PageAnswer {
  const path = pathOf(request);
  if (path === RPC_PATH || path.startsWith(`${RPC_PATH}/`)) return plain(404, 'No such procedure');
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Read only');
  return readPageFile(folder, path);
}

function send(response: ServerResponse, { status, headers, body }: PageAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': body.byteLength });
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(body);
}

/** The path as it was sent: normalising it here would hide what `readPageFile` has to refuse. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/u)[0] ?? '/';
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Streams never end by themselves.
    server.closeAllConnections();
  });
}
