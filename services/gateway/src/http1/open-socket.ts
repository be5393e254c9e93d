import type { Socket } from 'node:net';
import { guardedLookup } from '../upstreams/address-guard.ts';
import { UpstreamError } from './upstream-error.ts';

// Not `import`: see data-listener.ts; node:tls is loaded for https upstreams only.
const net = process.getBuiltinModule('node:net');

/** Where connections of one client go. */
export interface Origin {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  /** Trusted beside the system's authorities, in PEM. */
  readonly ca?: string | undefined;
}

/** Called with every read; the bytes are overwritten by the next one. False stops reading. */
export type OnRead = (length: number, bytes: Buffer) => boolean;

const READ_BYTES = 64 * 1024;
const KEEP_ALIVE_PROBE_MS = 60_000;
/**
 * One buffer for the reads of all connections: libuv fills it and calls back before it reads the
 * next one. On Windows reads are under way at once, there each connection needs its own.
 */
const shared = process.platform === 'win32' ? undefined : Buffer.allocUnsafeSlow(READ_BYTES);

/** TLS sessions of one origin, so that a further connection costs one round trip less. */
export interface SessionStore {
  session: Buffer | undefined;
}

/**
 * Opens a connection. With `onRead` the socket emits no `data`: reads go to the callback without
 * a buffer being made for each. `ready` is called when requests may be sent: for TLS, after the
 * certificate was verified for this host.
 */
export function openSocket(
  origin: Origin,
  sessions: SessionStore,
  { onRead, ready }: { onRead: OnRead | undefined; ready: () => void },
): Socket {
  const options = {
    host: origin.host,
    port: origin.port,
    lookup: guardedLookup,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
    ...(onRead === undefined
      ? {}
      : {
          onread: {
            buffer: shared ?? Buffer.allocUnsafeSlow(READ_BYTES),
            callback: (length: number, bytes: Uint8Array) => onRead(length, bytes as Buffer),
          },
        }),
  };
  if (!origin.tls) {
    const socket = net.connect(options);
    socket.once('connect', ready);
    return socket;
  }
  return openTls(origin, sessions, { options, ready });
}

function openTls(
  origin: Origin,
  sessions: SessionStore,
  { options, ready }: { options: object; ready: () => void },
): Socket {
  const socket = process.getBuiltinModule('node:tls').connect({
    ...options,
    host: origin.host,
    port: origin.port,
    // An address has no server name (RFC 6066 3); its certificate must name the address.
    ...(net.isIP(origin.host) === 0 ? { servername: origin.host } : {}),
    // Said here because an environment variable could turn the default off.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...(origin.ca === undefined ? {} : { ca: origin.ca }),
    ...(sessions.session === undefined ? {} : { session: sessions.session }),
  });
  // A renegotiation could bring the certificate of another host.
  socket.once('secureConnect', () => {
    socket.disableRenegotiation();
    ready();
  });
  socket.on('session', (session: Buffer) => {
    sessions.session = session;
  });
  return socket;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPIPE',
]);

/** What an error before the first request means. */
export function connectError(error: NodeJS.ErrnoException, origin: Origin): UpstreamError {
  if (origin.tls && !UNREACHABLE.has(error.code ?? '') && error.syscall === undefined) {
    const code = error.code ?? error.message;
    return new UpstreamError('UPSTREAM_TLS_INVALID', `TLS is not trusted: ${code}`, error);
  }
  const code = error.code ?? error.message;
  return new UpstreamError('UPSTREAM_UNREACHABLE', `No connection: ${code}`, error);
}
