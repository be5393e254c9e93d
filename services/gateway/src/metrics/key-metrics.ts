import { OTHER_LABEL } from '@omni/kit/metric-registry.ts';
import type { MetricRegistry } from '@omni/kit/metric-registry.ts';

/** First come, never evicted: a slot that changes its key would corrupt two counters. */
const KEY_SLOTS = 100;
const CLASSES = 6;
const UNKNOWN = -1;

/** Handles of one key: requests by first digit of the status, and the time. */
interface KeySlot {
  readonly label: string;
  readonly requests: Int16Array;
  readonly seconds: number;
}

/** Counts a finished request of a key (public id). */
export type KeyMetrics = (keyId: string, status: number, seconds: number) => void;

/** Counters only, never a histogram per key. */
export function addKeyMetrics(registry: MetricRegistry): KeyMetrics {
  const requests = registry.counter({
    name: 'gateway_key_requests_total',
    help: 'Requests per key (public id) and class of status code',
    labelNames: ['key_id', 'code_class'],
  });
  const time = registry.counter({
    name: 'gateway_key_request_seconds_total',
    help: 'Total duration of requests per key (public id)',
    labelNames: ['key_id'],
  });
  const open = (label: string): KeySlot => ({
    label,
    requests: new Int16Array(CLASSES).fill(UNKNOWN),
    seconds: time.handle({ key_id: label }),
  });
  const slots = new Map<string, KeySlot>();
  let other: KeySlot | undefined;
  const slotOf = (keyId: string): KeySlot => {
    if (slots.size >= KEY_SLOTS) return (other ??= open(OTHER_LABEL));
    const slot = open(keyId);
    slots.set(keyId, slot);
    return slot;
  };
  return (keyId, status, seconds) => {
    const slot = slots.get(keyId) ?? slotOf(keyId);
    const codeClass = Math.min(CLASSES - 1, Math.floor(status / 100));
    let handle = slot.requests[codeClass] ?? UNKNOWN;
    if (handle === UNKNOWN) {
      handle = requests.handle({ key_id: slot.label, code_class: `${codeClass}xx` });
      slot.requests[codeClass] = handle;
    }
    requests.add(handle);
    time.add(slot.seconds, seconds);
  };
}
