import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { BENCH_KEY } from './our-gateway.ts';
import type { Candidate } from './peers.ts';
import { cpuSeconds } from './process-cost.ts';
import { PATH } from './rates.ts';
import type { Stage } from './stage.ts';
import { AROUND } from './stage.ts';

const run = promisify(execFile);
const DRIVER = join(import.meta.dirname, 'open-loop-driver.ts');
/** A young generation (MB) that holds a whole run: the driver doesn't collect while it measures. */
const DRIVER_FLAGS = ['--min-semi-space-size=256', '--max-semi-space-size=256'];
/** What "half load" means: the candidate's processor is busy half of the time. */
const HALF_BUSY = 0.5;
const CALIBRATION_S = 2;

const driven = z.object({ secondsP99: z.array(z.number()), p50: z.number(), p99: z.number() });
type Driven = z.infer<typeof driven>;

export interface LatencyOptions {
  /** Where the search for half load begins: half of what the gateway did under full load. */
  readonly startRate: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly command: string;
}

export interface LatencyPaths {
  readonly direct: string;
  readonly gateway: Candidate;
  /** A proxy that does nothing else, to see what the machine adds to any second hop. */
  readonly control: Candidate | undefined;
}

/**
 * What the gateway adds to the direct path at a constant rate. p99 is that of the typical second
 * (the median over all seconds of all rounds, for each path): a shared machine stops for some
 * milliseconds now and then, whoever runs on it. The p99 over all requests stands beside it.
 */
export async function measureLatency(
  stage: Stage,
  paths: LatencyPaths,
  options: LatencyOptions,
): Promise<readonly Figure[]> {
  const { rate, busy } = await halfLoad(paths.gateway, options.startRate);
  const direct: Driven[] = [];
  const through: Driven[] = [];
  const control: Driven[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    direct.push(await drive(paths.direct, rate, options.seconds));
    through.push(await drive(paths.gateway.url, rate, options.seconds));
    if (paths.control) control.push(await drive(paths.control.url, rate, options.seconds));
    await stage.forgetOutput();
  }
  const shared = { samples: options.rounds, command: options.command };
  const load = { 'requests/s': rate, 'processor busy': busy };
  return [
    figure('gateway.added_p50_ms', {
      value: difference(typicalP50(through), typicalP50(direct)),
      ...shared,
      peers: {
        'through ms': typicalP50(through),
        'direct ms': typicalP50(direct),
        'nginx added ms': difference(typicalP50(control), typicalP50(direct)),
        ...load,
      },
    }),
    figure('gateway.added_p99_ms', {
      value: difference(typicalP99(through), typicalP99(direct)),
      ...shared,
      peers: {
        'through ms': typicalP99(through),
        'direct ms': typicalP99(direct),
        'nginx added ms': difference(typicalP99(control), typicalP99(direct)),
        'through, all requests ms': overallP99(through),
        'direct, all requests ms': overallP99(direct),
        ...load,
      },
    }),
  ];
}

/**
 * The rate at which the candidate's processor is half busy. Half of its full-load rate would be
 * more: a busy event loop takes many sockets per turn, and a request is cheaper then.
 */
async function halfLoad(
  candidate: Candidate,
  startRate: number,
): Promise<{ rate: number; busy: number }> {
  const pid = candidate.child.process.pid ?? 0;
  const rate = Math.round(startRate / 2);
  const before = cpuSeconds(pid);
  const startedAt = performance.now();
  await drive(candidate.url, rate, CALIBRATION_S);
  const busy = ((cpuSeconds(pid) - before) * 1_000) / (performance.now() - startedAt);
  const scaled = Math.min(startRate, Math.round((rate * HALF_BUSY) / busy));
  return { rate: scaled, busy: (busy * scaled) / rate };
}

function typicalP50(runs: readonly Driven[]): number | null {
  return median(runs.map(({ p50 }) => p50));
}

function typicalP99(runs: readonly Driven[]): number | null {
  return median(runs.flatMap(({ secondsP99 }) => secondsP99));
}

function overallP99(runs: readonly Driven[]): number | null {
  return median(runs.map(({ p99 }) => p99));
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

async function drive(url: string, rate: number, seconds: number): Promise<Driven> {
  const driver = [...DRIVER_FLAGS, DRIVER, `${url}${PATH}`, String(rate), String(seconds)];
  const { stdout } = await run('taskset', [
    ...['-c', String(AROUND), process.execPath, ...driver],
    BENCH_KEY,
  ]);
  return driven.parse(JSON.parse(stdout));
}
