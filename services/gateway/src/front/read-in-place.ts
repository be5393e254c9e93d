import type { Socket } from 'node:net';

// Not `import`: see proxy/data-listener.ts.
const net = process.getBuiltinModule('node:net');

/** Called with every read; the bytes are overwritten by the next one. False stops reading. */
export type OnRead = (length: number, bytes: Buffer) => boolean;

/** Has a connection's reads go to a callback; false, and nothing done, where that can't be. */
export type ReadInPlace = (socket: Socket, onRead: OnRead) => boolean;

const READ_BYTES = 64 * 1024;
/** One for all connections: libuv fills it and calls back before it reads the next one. */
const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/** Under which names Node keeps a socket's `onread`, which no name but these symbols has. */
interface Places {
  readonly buffer: symbol;
  readonly callback: symbol;
}

/** Looks where a socket made with the documented option has it; null where it is found no more. */
function findPlaces(): Places | null {
  const callback = (): boolean => true;
  const probe = new net.Socket({ onread: { buffer: shared, callback } });
  const kept = Object.getOwnPropertySymbols(probe);
  const values = probe as unknown as Record<symbol, unknown>;
  const places = {
    buffer: kept.find((symbol) => values[symbol] === shared),
    callback: kept.find((symbol) => values[symbol] === callback),
  };
  probe.destroy();
  const { buffer, callback: called } = places;
  return buffer === undefined || called === undefined ? null : { buffer, callback: called };
}

// On Windows reads are under way at once, there each connection needs a buffer of its own.
const places = process.platform === 'win32' ? null : findPlaces();

interface Insides {
  _handle?: { useUserBuffer?: (buffer: Buffer) => void } | null;
  [kept: symbol]: unknown;
}

/**
 * Has the reads of an accepted connection go to `onRead`, without a buffer being made for each: what
 * `net.connect({ onread })` does for connections that one opens, and Node has no option for here.
 * False, and nothing done, where this Node keeps it otherwise: then the socket emits `data`.
 */
export const readInPlace: ReadInPlace = (socket, onRead) => {
  const insides = socket as unknown as Insides;
  const handle = insides._handle;
  if (places === null || typeof handle?.useUserBuffer !== 'function') return false;
  if (insides[places.buffer] !== null || insides[places.callback] !== null) return false;
  insides[places.buffer] = shared;
  insides[places.callback] = onRead;
  handle.useUserBuffer(shared);
  return true;
};
