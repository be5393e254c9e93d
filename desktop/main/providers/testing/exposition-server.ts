import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real process's /metrics, served by this one: what it answers is set from outside. */
export class ExpositionServer {
  /** null: it answers 500. */
  exposition: string | null = null;
  /** It accepts the request and never answers. */
  hanging = false;
  requests = 0;
  readonly sockets = new Set<unknown>();
  readonly #server = http.createServer((_, response) => {
    this.requests += 1;
    if (this.hanging) return;
    response.writeHead(this.exposition === null ? 500 : 200, { 'content-type': 'text/plain' });
    response.end(this.exposition ?? '');
  });

  constructor() {
    this.#server.on('connection', (socket) => this.sockets.add(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}/metrics`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
