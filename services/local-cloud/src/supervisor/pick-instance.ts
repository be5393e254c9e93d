import type { RunningInstance } from './instance-factory.ts';

/** The preferred instance if it can take a request, else the least busy one that can, or null. */
export function pickInstance(
  instances: Iterable<RunningInstance>,
  concurrency: number,
  preferred: string,
): RunningInstance | null {
  let best: RunningInstance | null = null;
  for (const instance of instances) {
    if (!hasRoom(instance, concurrency)) continue;
    if (instance.id === preferred) return instance;
    if (best === null || instance.inFlight < best.inFlight) best = instance;
  }
  return best;
}

function hasRoom({ state, suspect, inFlight }: RunningInstance, concurrency: number): boolean {
  return state === 'ready' && !suspect && inFlight < concurrency;
}
