import http from 'node:http';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunningInstance } from './instance-factory.ts';
import type { ProbePlan } from '../model/template-defaults.ts';

const FASTEST_MS = 25;
const SLOWEST_MS = 500;

export type ProbeKind = 'startup' | 'liveness';

/** One try of a probe against a port of this machine. */
export function probeOnce(port: number, plan: ProbePlan): Promise<boolean> {
  return plan.kind === 'http' ? probeHttp(port, plan) : probeTcp(port, plan.timeoutMs);
}

function probeTcp(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', timeout: timeoutMs });
    const settle = (ok: boolean) => (): void => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('connect', settle(true));
    socket.once('timeout', settle(false));
    socket.once('error', settle(false));
  });
}

function probeHttp(port: number, plan: ProbePlan): Promise<boolean> {
  return new Promise((resolve) => {
    const { path, headers, timeoutMs } = plan;
    const options = { host: '127.0.0.1', port, path, headers, timeout: timeoutMs, agent: false };
    const request = http.get(options, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      resolve(status >= 200 && status < 400);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => {
      resolve(false);
    });
  });
}

/**
 * Asks until the probe passes (`true`), its time is over (`false`) or the signal fires (`false`).
 * The time is period x failureThreshold as on Cloud Run, but we ask more often: locally a deploy
 * should take as long as the start takes, not the next tick of a ten second period.
 */
export async function waitUntilReady(
  instance: Pick<RunningInstance, 'port' | 'signal' | 'failsProbe'>,
  plan: ProbePlan,
): Promise<boolean> {
  const { port, signal } = instance;
  const deadline = Date.now() + plan.initialDelayMs + plan.periodMs * plan.failureThreshold;
  let pauseMs = FASTEST_MS;
  while (!signal.aborted) {
    if (instance.failsProbe?.('startup') !== true && (await probeOnce(port, plan)))
      return !signal.aborted;
    if (Date.now() + pauseMs > deadline) return false;
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(SLOWEST_MS, pauseMs * 1.2, plan.periodMs);
  }
  return false;
}
