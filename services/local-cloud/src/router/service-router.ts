import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServedTarget } from '../model/resources.ts';
import { percentByRevision } from '../model/traffic.ts';
import { codeOf } from '../start-failure.ts';
import { isWebsocket } from './forward-headers.ts';
import { matchHost, pickRevision } from './pick-revision.ts';
import type { WeightedRevision } from './pick-revision.ts';
import { NOT_HERE, NO_TRAFFIC, sendProblem } from './problems.ts';
import { proxyRequest } from './proxy-request.ts';
import { proxyUpgrade, refuseUpgrade } from './proxy-upgrade.ts';
import type { UpstreamPool } from './upstream-pool.ts';

type Find = (revision: string) => UpstreamPool | undefined;

/** The address of one service: splits its requests over revisions. */
export class ServiceRouter {
  readonly #service: string;
  readonly #find: Find;
  readonly #server: http.Server;
  #shares: readonly WeightedRevision[] = [];
  #tags: ReadonlyMap<string, string> = new Map();

  constructor(service: string, find: Find) {
    this.#service = service;
    this.#find = find;
    this.#server = http.createServer({
      keepAliveTimeout: 65_000,
      requestTimeout: 0,
      shouldUpgradeCallback: isWebsocket,
    });
    this.#server.on('request', (request, response) => {
      this.#onRequest(request, response);
    });
    this.#server.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#onUpgrade(request, socket, head);
    });
    this.#server.on('clientError', (_error, socket) => {
      if (socket.writable) refuseUpgrade(socket, '400 Bad Request');
    });
  }

  /** Listens on the first of the ports that is free; `0` as the last one always is. */
  async listen(ports: readonly number[]): Promise<number> {
    for (const port of ports) {
      const bound = await tryListen(this.#server, port);
      if (bound !== null) return bound;
    }
    throw new Error(`No port is free for the service ${this.#service}.`);
  }

  /** From the next request on. Requests in flight stay where they are. */
  setTraffic(targets: readonly ServedTarget[]): void {
    this.#shares = [...percentByRevision(targets)]
      .filter(([, percent]) => percent > 0)
      .map(([revision, percent]) => ({ revision, percent }));
    this.#tags = new Map(
      targets.flatMap(({ tag, revision }) => (tag === '' ? [] : [[tag, revision] as const])),
    );
  }

  /** Refuses new connections; what is open may finish, then is cut after the grace. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => {
      this.#server.closeAllConnections();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  #onRequest(request: http.IncomingMessage, response: http.ServerResponse): void {
    const revision = this.#revisionFor(request);
    const pool = revision === null ? undefined : this.#find(revision);
    if (pool !== undefined) proxyRequest(pool, request, response);
    else sendProblem(response, revision === null ? NOT_HERE : NO_TRAFFIC);
  }

  #onUpgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const pool = this.#find(this.#revisionFor(request) ?? '');
    if (pool === undefined) {
      refuseUpgrade(socket, '404 Not Found');
      return;
    }
    proxyUpgrade(pool, { request, socket, head }).catch(() => socket.destroy());
  }

  /** Null: the host is not ours. Empty: ours, but nothing is ready. */
  #revisionFor(request: http.IncomingMessage): string | null {
    const match = matchHost(request.headers.host, this.#service);
    if (match.kind === 'foreign') return null;
    if (match.kind === 'tag') return this.#tags.get(match.tag) ?? null;
    return pickRevision(this.#shares, Math.random()) ?? '';
  }
}

function tryListen(server: http.Server, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      if (['EADDRINUSE', 'EACCES'].includes(codeOf(error))) resolve(null);
      else reject(error);
    };
    server.once('error', onError);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : null);
    });
  });
}
