import type { KeyStore } from '../keys/key-store.ts';
import type { OpenStreams } from './open-streams.ts';

/** Event streams may come to their own end for so long after the stop began. */
const EVENTS_GRACE_MS = 5_000;
const LOOK_EVERY_MS = 250;

/**
 * Ends the streams of keys that are revoked, disabled or deleted, that expire, or whose secret was
 * rotated away. While any is open the table of keys is kept proven as by requests: a notice alone
 * could be lost with its connection.
 */
export function endStreamsOfEndedKeys(streams: OpenStreams, store: KeyStore): { stop: () => void } {
  store.table.onRevoked((keyIds) => {
    for (const keyId of keyIds) streams.endKey(keyId);
  });
  const timer = setInterval(() => {
    if (streams.isEmpty) return;
    streams.endWhere((key) => store.table.hasEnded(key));
    const fresh = store.table.ensureFresh();
    // It never rejects; a store that is away is reported by the store.
    if (typeof fresh !== 'boolean') fresh.catch(() => undefined);
  }, LOOK_EVERY_MS).unref();
  return { stop: () => clearInterval(timer) };
}

/**
 * Before the process stops: WebSockets are closed at once (clients open them elsewhere), event
 * streams get some time to end by themselves, and are then ended in order.
 */
export function endStreamsForStop(
  streams: OpenStreams,
  eventsGraceMs = EVENTS_GRACE_MS,
): { stop: () => void } {
  const from = performance.now() + eventsGraceMs;
  const end = (): void => {
    streams.endAll('websocket');
    if (performance.now() >= from) streams.endAll('events');
  };
  end();
  // Again and again: what was under way when the stop began may become a stream only now.
  const timer = setInterval(end, LOOK_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
