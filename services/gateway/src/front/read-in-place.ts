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
  const placeOf = (kept: unknown): symbol | undefined =>
    Object.getOwnPropertySymbols(probe).find((symbol) => Reflect.get(probe, symbol) === kept);
  const [buffer, called] = [placeOf(shared), placeOf(callback)];
  probe.destroy();
  return buffer === undefined || called === undefined ? null : { buffer, callback: called };
}

// On Windows reads are under way at once, there each connection needs a buffer of its own.
const places = process.platform === 'win32' ? null : findPlaces();

interface UserBufferHandle {
  useUserBuffer: (buffer: Buffer) => void;
}

function takesBuffer(handle: unknown): handle is UserBufferHandle {
  if (typeof handle !== 'object' || handle === null) return false;
  return 'useUserBuffer' in handle && typeof handle.useUserBuffer === 'function';
}

/**
 * Has the reads of an accepted connection go to `onRead`, without a buffer being made for each: what
 * `net.connect({ onread })` does for connections that one opens, and Node has no option for here.
 * False, and nothing done, where this Node keeps it otherwise: then the socket emits `data`.
 */
export const readInPlace: ReadInPlace = (socket, onRead) => {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (places === null || !takesBuffer(handle)) return false;
  const { buffer, callback } = places;
  if (Reflect.get(socket, buffer) !== null || Reflect.get(socket, callback) !== null) return false;
  Reflect.set(socket, buffer, shared);
  Reflect.set(socket, callback, onRead);
  handle.useUserBuffer(shared);
  return true;
};
