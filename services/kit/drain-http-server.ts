import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import net from 'node:net';
import type { Socket } from 'node:net';

/** Stops an HTTP server without failing a request. */
export interface HttpDrain {
  /** From now on every answer carries `Connection: close`. New connections are still accepted. */
  begin: () => void;
  /** Stops accepting, waits for what is under way; returns how many connections had to be cut. */
  finish: (options?: { idleGraceMs?: number; deadlineMs?: number }) => Promise<number>;
  readonly draining: boolean;
}

/** Connections of the server that node:http knows nothing of yet. */
export interface FrontDrain {
  /** From now on every answer is the last of its connection. */
  beginDrain(): void;
  /** Closes connections without a request under way. */
  closeIdle(): void;
}

/**
 * Attach before the server listens. `server.close()` would close idle keep-alive connections at
 * once and so race with requests already on the way; here they stay usable for a grace time, get
 * one answer with `Connection: close`, and only then are cut.
 */
export function attachHttpDrain(server: Server, front?: FrontDrain): HttpDrain {
  /** Open connections with the last answer of each: a listener per answer would cost more. */
  const sockets = new Map<Socket, ServerResponse | undefined>();
  let draining = false;
  let onIdle: (() => void) | undefined;

  server.on('connection', (socket) => {
    sockets.set(socket, undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) onIdle?.();
    });
  });
  const track = ({ socket }: IncomingMessage, response: ServerResponse): void => {
    if (sockets.has(socket)) sockets.set(socket, response);
    if (draining) response.shouldKeepAlive = false;
  };
  server.prependListener('request', track);
  // Requests with `Expect: 100-continue` come by this event where somebody listens for it.
  if (server.listenerCount('checkContinue') > 0) server.prependListener('checkContinue', track);

  const begin = (): void => {
    draining = true;
    front?.beginDrain();
    for (const response of sockets.values()) {
      if (response !== undefined) response.shouldKeepAlive = false;
    }
  };
  return {
    begin,
    get draining() {
      return draining;
    },
    async finish({ idleGraceMs = 1_000, deadlineMs = 8_000 } = {}) {
      begin();
      // The net-level close stops accepting and leaves the idle sockets alone.
      net.Server.prototype.close.call(server);
      const allClosed = new Promise<void>((resolve) => {
        onIdle = resolve;
        if (sockets.size === 0) resolve();
      });
      const closeIdle = (): void => {
        server.closeIdleConnections();
        front?.closeIdle();
      };
      const idleTimer = setTimeout(closeIdle, idleGraceMs);
      const sweep = setInterval(closeIdle, idleGraceMs + 100);
      const cut = await Promise.race([
        allClosed.then(() => 0),
        new Promise<number>((resolve) => {
          setTimeout(() => resolve(sockets.size), deadlineMs).unref();
        }),
      ]);
      clearTimeout(idleTimer);
      clearInterval(sweep);
      for (const socket of sockets.keys()) socket.destroy();
      return cut;
    },
  };
}
