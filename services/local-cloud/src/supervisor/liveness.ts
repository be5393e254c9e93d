import { setTimeout as wait } from 'node:timers/promises';
import type { ProbePlan } from '../model/template-defaults.ts';
import type { RunningInstance } from './instance-factory.ts';
import { probeOnce } from './probe.ts';

/** Kills an instance that stops answering its liveness probe; the supervisor replaces it. */
export function watchLiveness(instance: RunningInstance, probe: ProbePlan): void {
  watch(instance, probe).catch(() => undefined); // Rejects only when the instance went: done.
}

async function watch(instance: RunningInstance, probe: ProbePlan): Promise<void> {
  const { signal } = instance;
  await wait(probe.initialDelayMs, undefined, { signal, ref: false });
  let failures = 0;
  while (instance.state === 'ready') {
    await wait(probe.periodMs, undefined, { signal, ref: false });
    const alive =
      instance.failsProbe?.('liveness') !== true && (await probeOnce(instance.port, probe));
    failures = alive ? 0 : failures + 1;
    if (failures >= probe.failureThreshold) instance.kill();
  }
}

const SUSPECT_PAUSE_MS = 50;
const PORT_PROBE: ProbePlan = {
  kind: 'tcp',
  path: '/',
  headers: {},
  initialDelayMs: 0,
  periodMs: 1000,
  timeoutMs: 1000,
  failureThreshold: 1,
};

/** Resolves when an instance that cut a connection takes them again; rejects when it has gone. */
export async function untilAlive({ port, signal }: RunningInstance): Promise<boolean> {
  do await wait(SUSPECT_PAUSE_MS, undefined, { signal });
  while (!(await probeOnce(port, PORT_PROBE)));
  return !signal.aborted;
}
