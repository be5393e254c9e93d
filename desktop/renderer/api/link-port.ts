import { RPCLink } from '@orpc/client/message-port';
import { PORT_MESSAGE } from '../../shared/contract/handshake.ts';
import type { ConsoleLink } from './client.ts';
import { HostGoneError } from './host-gone-error.ts';

/** Longer than any procedure may take to answer; a stream counts as answered once it is open. */
export const CALL_DEADLINE_MS = 30_000;

function portOf(event: MessageEvent<unknown>): MessagePort | null {
  const message = event.data;
  const named =
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === PORT_MESSAGE;
  return named ? (event.ports[0] ?? null) : null;
}

/**
 * Waits for the port that the preload script posts to this window. Messages from frames and other
 * windows are ignored: only our own preload shares our `window`.
 */
export function receivePort(from: Window): Promise<MessagePort> {
  return new Promise((resolve) => {
    const listen = (event: MessageEvent<unknown>): void => {
      const port = event.source === from ? portOf(event) : null;
      if (port === null) return;
      from.removeEventListener('message', listen);
      resolve(port);
    };
    from.addEventListener('message', listen);
  });
}

interface LivePort {
  readonly link: ConsoleLink;
  readonly gone: AbortSignal;
}

function open(port: MessagePort): LivePort {
  const gone = new AbortController();
  // The library's own listener rejects pending calls with an obscure message; ours comes first.
  port.addEventListener('close', () => {
    gone.abort(new HostGoneError());
  });
  const link = new RPCLink({ port });
  port.start();
  return { link, gone: gone.signal };
}

/** Rejects with the reason of the first signal that aborts. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new HostGoneError());
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/**
 * The link over a port. A call on a closed port would hang for ever and one that is pending when it
 * closes would fail obscurely; both fail here with `HostGoneError`, and so does a call that got no
 * answer before the deadline.
 */
export function createPortLink(
  port: Promise<MessagePort>,
  deadlineMs: number = CALL_DEADLINE_MS,
): ConsoleLink {
  const live = port.then(open);
  return {
    call: async (path, input, options) => {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new HostGoneError()), deadlineMs);
      try {
        const ready = await Promise.race([live, rejectOnAbort(deadline.signal)]);
        const signals = [deadline.signal, ready.gone];
        if (options.signal !== undefined) signals.push(options.signal);
        const signal = AbortSignal.any(signals);
        // A dead port must not even be tried: it would swallow the message.
        signal.throwIfAborted();
        const answer = ready.link.call(path, input, { ...options, signal });
        return await Promise.race([answer, rejectOnAbort(signal)]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
