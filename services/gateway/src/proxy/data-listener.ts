import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Front } from '../front/front.ts';
import type { FrontResponse } from '../front/front-response.ts';
import { readInPlace } from '../front/read-in-place.ts';
import type { WholeRequest } from '../front/whole-request.ts';
import { asksForWebSocket } from '../websocket/handshake.ts';
import { answerClientError, rememberAnswer } from './client-error.ts';
import { isClosing } from './closing-socket.ts';

/**
 * Not `import`: for a module's namespace Node reads every export of node:http, and one of them, a
 * getter, loads Node's whole fetch. That was a quarter of our start.
 */
const { createServer, ServerResponse: Response } = process.getBuiltinModule('node:http');

export interface DataListenerOptions {
  /** Every request of the plainest kind, which was read whole. */
  onWholeRequest: (request: WholeRequest, response: FrontResponse) => void;
  /** Whether whole requests for this target are for `onWholeRequest`, or for `onRequest` like all others. */
  servesWhole: (target: string) => boolean;
  /** Every other request; `expectsContinue` when the client waits before sending the body. */
  onRequest: (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;
  /** A request whose Expect says something else. */
  onUnknownExpectation: (request: IncomingMessage, response: ServerResponse) => void;
  /** A request for a WebSocket; the answer, if there is one, goes out on its socket and closes it. */
  onUpgrade: (
    request: IncomingMessage,
    response: ServerResponse,
    upgrade: { socket: Duplex; head: Buffer },
  ) => void;
  /** A front end keeps its connections longer than we do, or it would meet closed ones. */
  keepAliveTimeoutMs: number;
  /** A client has so long for the head of a request. */
  headersTimeoutMs: number;
  /** More connections are closed as they come. */
  maxConnections: number;
}

/**
 * The raw HTTP server of the data path, without a framework: it listens before anything else is
 * loaded. Plain requests are read before it (../front). Parser limits are Node's strict defaults; what it accepts wrongly is refused by
 * `request-checks.ts`.
 */
export function createDataListener(options: DataListenerOptions): { server: Server; front: Front } {
  const server = createServer({
    keepAlive: true,
    noDelay: true,
    maxHeaderSize: 16 * 1024,
    headersTimeout: options.headersTimeoutMs,
    requestTimeout: 300_000,
    keepAliveTimeout: options.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(5_000, options.headersTimeoutMs),
    // Node would answer that by itself and go on with what follows (request-checks.ts refuses).
    requireHostHeader: false,
    // A request without a body is no stream to be ended: a tenth of what node:http costs.
    optimizeEmptyRequests: true,
    // Any other upgrade (h2c) is ignored and the request answered as it is (RFC 9110 7.8).
    shouldUpgradeCallback: asksForWebSocket,
  });
  server.maxConnections = options.maxConnections;
  server.on('request', (request, response) => {
    if (isClosing(request.socket)) return;
    rememberAnswer(request.socket, response);
    options.onRequest(request, response, false);
  });
  // With this listener a refusal is answered before the client sends its body.
  server.on('checkContinue', (request, response) => {
    if (isClosing(request.socket)) return;
    rememberAnswer(request.socket, response);
    options.onRequest(request, response, true);
  });
  // Node would answer that by itself, unchecked and unseen, and go on with what follows.
  server.on('checkExpectation', (request, response) => {
    if (!isClosing(request.socket)) options.onUnknownExpectation(request, response);
  });
  // Node without the callback above would give every upgrade away, h2c with a body too.
  if (canChooseUpgrades()) server.on('upgrade', acceptUpgrades(options.onUpgrade));
  server.on('clientError', answerClientError);
  const front = new Front(server, {
    serves: options.servesWhole,
    readInPlace,
    onRequest: options.onWholeRequest,
    keepAliveTimeoutMs: options.keepAliveTimeoutMs,
    headersTimeoutMs: options.headersTimeoutMs,
  });
  return { server, front };
}

/** Since Node 24.9; older ones serve a WebSocket's handshake as a plain request. */
function canChooseUpgrades(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 9);
}

function acceptUpgrades(
  onUpgrade: DataListenerOptions['onUpgrade'],
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    // From here on nobody else listens to the socket.
    socket.on('error', () => socket.destroy());
    const response = new Response(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once('finish', () => {
      response.detachSocket(request.socket);
      socket.end();
      response.emit('close');
    });
    onUpgrade(request, response, { socket, head });
  };
}
