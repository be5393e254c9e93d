import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a scripted server was asked. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Buffer;
}

/** `null`: it never answers. */
export type ScriptedAnswer = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
} | null;

/** A real HTTP server on loopback that answers as the test says and remembers what it was asked. */
export class ScriptedServer {
  readonly requests: ReceivedRequest[] = [];
  answer: (request: ReceivedRequest) => ScriptedAnswer | Promise<ScriptedAnswer> = () => ({
    status: 404,
    body: '',
  });
  /** Ends the connection at the first bytes of a body, as a network does that goes away. */
  breaksOff: (path: string) => boolean = () => false;
  readonly #server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      if (this.breaksOff(request.url ?? '')) request.destroy();
      chunks.push(chunk);
    });
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const { method = '', url = '', headers } = request;
      const received = { method, path: url, headers, bytes, body: bytes.toString() };
      this.requests.push(received);
      Promise.resolve(this.answer(received)).then(
        (answer) => {
          if (answer !== null) response.writeHead(answer.status, answer.headers).end(answer.body);
        },
        (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
      );
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
