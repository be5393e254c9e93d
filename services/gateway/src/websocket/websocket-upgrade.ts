import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { responseHeaders } from '../proxy/forward-headers.ts';
import type { OpenStreams } from '../proxy/open-streams.ts';
import type { ClientUpgrade, RequestScope } from '../proxy/request-scope.ts';
import { EarlyBytes } from './early-bytes.ts';
import { isOurSwitch } from './handshake.ts';
import { WebSocketTunnel } from './tunnel.ts';

/** The client's side of a WebSocket that is being opened. */
export class WebSocketUpgrade {
  readonly #scope: RequestScope;
  readonly #streams: OpenStreams;
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #early: EarlyBytes;
  readonly #idleMs: number;
  readonly protocol = 'websocket';

  constructor(
    scope: RequestScope,
    { request, socket, head }: ClientUpgrade,
    { streams, idleMs }: { streams: OpenStreams; idleMs: number },
  ) {
    this.#scope = scope;
    this.#streams = streams;
    this.#request = request;
    this.#socket = socket;
    this.#idleMs = idleMs;
    this.#early = new EarlyBytes(socket, head, () => {
      if (scope.switchedAt === 0) socket.destroy();
    });
  }

  /** Whether a 101 of the upstream answers this client's handshake. */
  accepts(headers: readonly string[]): boolean {
    return isOurSwitch(this.#request, headers);
  }

  /** Tells the client, and joins both; `over` is called when both connections are closed. */
  join(answer: { headers: string[]; socket: Duplex; head: Buffer }, over: () => void): void {
    const scope = this.#scope;
    const keyId = scope.keyId ?? '';
    scope.switchedAt = performance.now();
    const tunnel = new WebSocketTunnel({
      client: this.#socket,
      upstream: answer.socket,
      idleMs: this.#idleMs,
      sent: (bytes) => {
        scope.bytesSent += bytes;
      },
      closed: () => {
        this.#streams.remove(keyId, tunnel);
        over();
      },
    });
    scope.exchange = { abandon: () => tunnel.destroy() };
    this.#socket.write(switchHead(answer.headers, scope.headers), 'latin1');
    tunnel.start(this.#early.take(), answer.head);
    if (scope.key !== undefined) this.#streams.add(scope.key, tunnel, scope.startedAt);
  }
}

/** The head of our own 101: both sides speak to each other from here on, but not about this hop. */
function switchHead(upstream: string[], own: readonly string[]): string {
  const headers = [...responseHeaders(upstream), ...own];
  let head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n';
  for (let i = 0; i + 1 < headers.length; i += 2) {
    head += `${headers[i] ?? ''}: ${headers[i + 1] ?? ''}\r\n`;
  }
  return `${head}\r\n`;
}
