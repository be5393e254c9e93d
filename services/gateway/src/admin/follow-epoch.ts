import { Readable } from 'node:stream';
import type { EpochStatus } from '@omni/contracts/gateway-admin/epoch.ts';
import type { AdminParts } from './admin-parts.ts';
import { readEpochStatus } from './read-epoch-status.ts';

const LOOK_EVERY_MS = 250;
/** Proxies and browsers give up silent connections. */
const COMMENT_EVERY_MS = 15_000;

export interface FollowedEpoch {
  epoch: number | undefined;
  /** Was read already; the first event. */
  first: EpochStatus;
}

/** Server-sent events with the receipts, until the reader leaves or the instance drains. */
export function followEpoch(parts: AdminParts, followed: FollowedEpoch): Readable {
  const leaving = new AbortController();
  const events = Readable.from(readEvents(parts, followed, leaving.signal), { objectMode: false });
  events.once('close', () => leaving.abort());
  return events;
}

async function* readEvents(
  parts: AdminParts,
  { epoch, first }: FollowedEpoch,
  left: AbortSignal,
): AsyncGenerator<string> {
  let shown = stateOf(first);
  let quietSince = Date.now();
  yield toEvent(first);
  while (!left.aborted && !parts.draining()) {
    await pause(LOOK_EVERY_MS, left);
    const status = await readEpochStatus(parts, epoch);
    const state = stateOf(status);
    if (state !== shown) {
      shown = state;
      quietSince = Date.now();
      yield toEvent(status);
    } else if (Date.now() - quietSince > COMMENT_EVERY_MS) {
      quietSince = Date.now();
      yield ': still here\n\n';
    }
  }
}

/** What is worth an event: ages change always. */
function stateOf({ epoch, instances }: EpochStatus): string {
  const parts = instances.map(({ instance, epoch: reached, state }) => [instance, reached, state]);
  return JSON.stringify([epoch, parts]);
}

function toEvent(status: EpochStatus): string {
  return `event: receipts\nid: ${status.epoch}\ndata: ${JSON.stringify(status)}\n\n`;
}

/** Ends early when the reader leaves. */
function pause(ms: number, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      left.removeEventListener('abort', done);
      resolve();
    }
    left.addEventListener('abort', done);
  });
}
