import type { ApiKey } from '../../../shared/domain/api-key.ts';
import type { Core } from '../core.ts';

/** More key changes than this don't fit a board anyway. */
const KEPT = 100;

/** Draws a key change on the gateway's boards. */
export function markKeyChange(core: Core, key: ApiKey, label: string): void {
  const { keyMarkers } = core.memory;
  const marker = {
    id: core.ports.newId(),
    at: core.ports.clock.now(),
    kind: 'key' as const,
    label,
    service: 'gateway',
  };
  keyMarkers.set([...keyMarkers.value, { ...marker, id: `${key.id}-${marker.id}` }].slice(-KEPT));
}
