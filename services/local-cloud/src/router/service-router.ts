import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServedTarget } from '../model/resources.ts';
import { percentByRevision } from '../model/traffic.ts';
import { codeOf } from '../start-failure.ts';
import { affinityOf } from './affinity.ts';
import { isWebsocket } from './forward-headers.ts';
import type { Gate } from './gate.ts';
import { matchHost, pickRevision } from './pick-revision.ts';
import type { WeightedRevision } from './pick-revision.ts';
import { NOT_HERE, NO_TRAFFIC, sendProblem } from './problems.ts';
import { proxyRequest } from './proxy-request.ts';
import type { RouterProblem } from './problems.ts';
import { proxyUpgrade, refuseUpgrade } from './proxy-upgrade.ts';
import type { UpgradeRequest } from './proxy-upgrade.ts';
import type { UpstreamPool } from './upstream-pool.ts';

export interface ServiceRouterSettings {
  readonly find: (revision: string) => UpstreamPool | undefined;
  readonly gate: Gate;
}

/** The address of one service: splits its requests over revisions. */
export class ServiceRouter {
  readonly #service: string;
  readonly #find: ServiceRouterSettings['find'];
  readonly #gate: Gate;
  readonly #server: http.Server;
  #shares: readonly WeightedRevision[] = [];
  #tags: ReadonlyMap<string, string> = new Map();

  constructor(service: string, { find, gate }: ServiceRouterSettings) {
    this.#service = service;
    this.#find = find;
    this.#gate = gate;
    this.#server = http.createServer({
      keepAliveTimeout: 65_000,
      requestTimeout: 0,
      shouldUpgradeCallback: isWebsocket,
    });
    this.#server.on('request', (request, response) => {
      this.#onRequest(request, response);
    });
    this.#server.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#onUpgrade({ request, socket, head }).catch(() => socket.destroy());
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
    const verdict = this.#gate(request);
    if (!(verdict instanceof Promise)) {
      this.#answer({ request, response }, verdict);
      return;
    }
    verdict
      .then((found) => {
        if (!response.destroyed) this.#answer({ request, response }, found);
      })
      .catch(() => response.destroy());
  }

  #answer({ request, response }: Exchange, refusal: RouterProblem | null): void {
    const revision = refusal === null ? this.#revisionFor(request) : null;
    const pool = revision === null ? undefined : this.#find(revision);
    if (pool !== undefined) proxyRequest(pool, request, response);
    else sendProblem(response, refusal ?? (revision === null ? NOT_HERE : NO_TRAFFIC));
  }

  async #onUpgrade(upgrade: UpgradeRequest): Promise<void> {
    const { request, socket } = upgrade;
    const refusal = await this.#gate(request);
    const pool = refusal === null ? this.#find(this.#revisionFor(request) ?? '') : undefined;
    if (pool !== undefined) await proxyUpgrade(pool, upgrade);
    else refuseUpgrade(socket, statusLine(refusal?.status ?? 404));
  }

  /** Null: the host is not ours. Empty: ours, but nothing is ready. */
  #revisionFor(request: http.IncomingMessage): string | null {
    const match = matchHost(request.headers.host, this.#service);
    if (match.kind === 'foreign') return null;
    if (match.kind === 'tag') return this.#tags.get(match.tag) ?? null;
    return this.#revisionOfClient(request) ?? pickRevision(this.#shares, Math.random()) ?? '';
  }

  /** A client with an instance of its own stays with it for as long as its revision has a share. */
  #revisionOfClient(request: http.IncomingMessage): string | null {
    const instance = request.headers.cookie === undefined ? '' : affinityOf(request);
    if (instance === '') return null;
    const share = this.#shares.find(({ revision }) => {
      const pool = this.#find(revision);
      return pool?.limits.sessionAffinity === true && pool.holds(instance);
    });
    return share?.revision ?? null;
  }
}

interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
}

function statusLine(status: number): string {
  return `${status} ${http.STATUS_CODES[status] ?? 'Refused'}`;
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
