import type { Duplex } from 'node:stream';

const CLOSING = Symbol('closing');

interface MarkedSocket extends Duplex {
  [CLOSING]?: true;
}

/** The last answer of a connection is decided: what follows on it must not be processed. */
export function markClosing(socket: MarkedSocket): void {
  socket[CLOSING] = true;
}

/**
 * Whether a refusal said that this connection ends. Node goes on reading requests that came in the
 * same packet; behind an ambiguous one they may be what somebody else hid in a body.
 */
export function isClosing(socket: MarkedSocket): boolean {
  return socket[CLOSING] === true;
}
