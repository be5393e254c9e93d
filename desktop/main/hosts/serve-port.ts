import { RPCHandler } from '@orpc/server/message-port';
import type { Context } from '../rpc/context.ts';
import { router } from '../rpc/router.ts';
import { isEnvelope } from './port-guard.ts';

/** A message port of any kind, as little of it as is needed. */
export interface HostPort {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

const handler = new RPCHandler(router);

/**
 * Serves the router to one port. A message that isn't an envelope closes the port: the page that
 * sends such a thing is not ours any more.
 */
export function servePort(port: HostPort, context: Context): void {
  handler.upgrade(guarded(port, context), { context });
}

type PortEvent = (event?: { data: unknown }) => void;

/** The port in the form that the contract library listens to. */
function guarded(
  port: HostPort,
  { core }: Context,
): { postMessage(message: unknown): void; on(event: string, listener: PortEvent): void } {
  let open = true;
  port.onClose(() => {
    open = false;
  });
  const receive = (message: unknown, listener: PortEvent): void => {
    if (!open) return;
    if (isEnvelope(message)) {
      listener({ data: message });
      return;
    }
    core.ports.log.warn('a malformed message closed the page port');
    open = false;
    port.close();
  };
  return {
    // A stream may have one more value when its page has just left.
    postMessage: (message) => open && port.post(message),
    on: (event, listener) => {
      if (event === 'message') port.onMessage((message) => receive(message, listener));
      if (event === 'close') port.onClose(() => listener());
    },
  };
}
