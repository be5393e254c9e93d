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
import { AROUND, UNDER_TEST } from './stage.ts';

const run = promisify(execFile);
const DRIVER = join(import.meta.dirname, 'open-loop-driver.ts');
const WATCHER = join(import.meta.dirname, 'clock-watcher.ts');
const WATCH_S = 1;
/** A young generation (MB) that holds a whole run: the driver doesn't collect while it measures. */
const DRIVER_FLAGS = ['--min-semi-space-size=256', '--max-semi-space-size=256'];
const CALIBRATION_S = 2;

const driven = z.object({ secondsP99: z.array(z.number()), p50: z.number(), p99: z.number() });
type Driven = z.infer<typeof driven>;

export interface LatencyOptions {
  /** Half of the load that is asked of the gateway, in requests per second. */
  readonly halfRate: number;
  /** Half of what it did under full load: more, where it does more than is asked. */
  readonly ownHalfRate: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly command: string;
}

export interface LatencyPaths {
  readonly direct: string;
  readonly gateway: Candidate;
  /** The gateway with BUSY_POLL_US=0, as it is where an autoscaler follows the processor. */
  readonly sleeping: Candidate;
  /** A proxy that does nothing else, to see what the machine adds to any second hop. */
  readonly control: Candidate | undefined;
}

/** What came of one rate, by path. */
interface AtRate extends Readonly<Record<keyof LatencyPaths, readonly Driven[]>> {
  readonly rate: number;
  /** Milliseconds per second in which the machine let nobody run on that processor, by round. */
  readonly missedMs: readonly number[];
}

/**
 * What the gateway adds to the direct path at a constant rate, half of the load that is asked of it.
 * p99 is that of the typical second (the median over all seconds of all rounds, for each path): a
 * shared machine stops for some milliseconds now and then, whoever runs on it. Beside it stand the p99
 * over all requests, and what it adds at half of its own full load.
 */
export async function measureLatency(
  stage: Stage,
  paths: LatencyPaths,
  options: LatencyOptions,
): Promise<readonly Figure[]> {
  // It has had no load before, and warms up on this.
  const busy = await busyAt(paths.sleeping, options.halfRate);
  const half = await measureAt(stage, paths, { ...options, rate: options.halfRate });
  const ownHalf = await measureAt(stage, paths, { ...options, rate: options.ownHalfRate });
  const shared = { samples: options.rounds, command: options.command };
  const of = (path: 'gateway' | 'sleeping', statistic: Statistic): Measured => ({
    value: added(half, path, statistic),
    ...shared,
    peers: {
      ...besides(half, path, statistic),
      'half of its own full load: added ms': added(ownHalf, path, statistic),
      'nginx added ms there': added(ownHalf, 'control', statistic),
      'requests/s there': ownHalf.rate,
    },
  });
  const [p99, sleepingP50] = [of('gateway', typicalP99), of('sleeping', typicalP50)];
  return [
    figure('gateway.added_p50_ms', of('gateway', typicalP50)),
    figure('gateway.added_p99_ms', {
      ...p99,
      peers: {
        ...p99.peers,
        'through, all requests ms': overallP99(half.gateway),
        'direct, all requests ms': overallP99(half.direct),
        'missed by the machine ms/s': median(half.missedMs),
      },
    }),
    figure('gateway.sleeping_added_p50_ms', {
      ...sleepingP50,
      peers: { ...sleepingP50.peers, busy },
    }),
    figure('gateway.sleeping_added_p99_ms', of('sleeping', typicalP99)),
  ];
}

/** What `figure` makes a figure of. */
type Measured = Pick<Figure, 'value' | 'samples' | 'command' | 'peers'>;
type Statistic = (runs: readonly Driven[]) => number | null;

function added(at: AtRate, path: keyof LatencyPaths, of: Statistic): number | null {
  return difference(of(at[path]), of(at.direct));
}

function besides(at: AtRate, path: keyof LatencyPaths, of: Statistic): Figure['peers'] {
  return {
    'through ms': of(at[path]),
    'direct ms': of(at.direct),
    'nginx added ms': added(at, 'control', of),
    'requests/s': at.rate,
  };
}

type Runs = Record<keyof LatencyPaths, Driven[]>;

async function measureAt(
  stage: Stage,
  paths: LatencyPaths,
  { rate, rounds, seconds }: Pick<LatencyOptions, 'rounds' | 'seconds'> & { rate: number },
): Promise<AtRate> {
  const runs: Runs = { direct: [], gateway: [], sleeping: [], control: [] };
  const missedMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    runs.direct.push(await drive(paths.direct, rate, seconds));
    runs.gateway.push(await drive(paths.gateway.url, rate, seconds));
    runs.sleeping.push(await drive(paths.sleeping.url, rate, seconds));
    if (paths.control) runs.control.push(await drive(paths.control.url, rate, seconds));
    missedMs.push(await missedByTheMachine());
    await stage.forgetOutput();
  }
  return { rate, missedMs, ...runs };
}

/** How busy the candidate's processor is at a rate, 0 to 1. */
async function busyAt({ child, url }: Candidate, rate: number): Promise<number> {
  const pid = child.process.pid ?? 0;
  const before = cpuSeconds(pid);
  const startedAt = performance.now();
  await drive(url, rate, CALIBRATION_S);
  return ((cpuSeconds(pid) - before) * 1_000) / (performance.now() - startedAt);
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

async function missedByTheMachine(): Promise<number> {
  const watcher = [process.execPath, WATCHER, String(WATCH_S)];
  const { stdout } = await run('taskset', ['-c', String(UNDER_TEST), ...watcher]);
  return z.number().parse(JSON.parse(stdout));
}
