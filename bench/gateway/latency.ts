import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { figure } from '../budgets.ts';
import type { FigureId } from '../budgets.ts';
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
/** The other reading of "half load": the candidate's processor is busy half of the time. */
const HALF_BUSY = 0.5;
const CALIBRATION_S = 2;

const driven = z.object({ secondsP99: z.array(z.number()), p50: z.number(), p99: z.number() });
type Driven = z.infer<typeof driven>;

export interface LatencyOptions {
  /** Half of what the gateway did under full load, in requests per second. */
  readonly halfRate: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly command: string;
}

export interface LatencyPaths {
  readonly direct: string;
  readonly gateway: Candidate;
  /** The gateway with BUSY_POLL_US. */
  readonly polling: Candidate;
  /** A proxy that does nothing else, to see what the machine adds to any second hop. */
  readonly control: Candidate | undefined;
}

/** What came of one rate, by path. */
interface AtRate extends Readonly<Record<keyof LatencyPaths, readonly Driven[]>> {
  readonly rate: number;
}

/**
 * What the gateway adds to the direct path at a constant rate, half of its full-load rate. p99 is
 * that of the typical second (the median over all seconds of all rounds, for each path): a shared
 * machine stops for some milliseconds now and then, whoever runs on it. The p99 over all requests
 * stands beside it, and what it adds at the rate at which its processor is half busy, which is less:
 * a loop that takes few sockets a turn pays more for each.
 */
export async function measureLatency(
  stage: Stage,
  paths: LatencyPaths,
  options: LatencyOptions,
): Promise<readonly Figure[]> {
  const busy = await busyAt(paths.gateway, options.halfRate);
  // It has had no load before, and warms up on this.
  const pollingBusy = await busyAt(paths.polling, options.halfRate);
  const half = await measureAt(stage, paths, options);
  const halfBusyRate = Math.min(options.halfRate, (options.halfRate * HALF_BUSY) / busy);
  const idler = { ...options, halfRate: Math.round(halfBusyRate) };
  const halfBusy = await measureAt(stage, paths, idler);
  const polled = { half, halfBusy, busy: pollingBusy };
  const shared = { samples: options.rounds, command: options.command };
  return [
    figure('gateway.added_p50_ms', {
      value: added(half, 'gateway', typicalP50),
      ...shared,
      peers: { ...besides(half, typicalP50), busy, ...whenHalfBusy(halfBusy, typicalP50) },
    }),
    figure('gateway.added_p99_ms', {
      value: added(half, 'gateway', typicalP99),
      ...shared,
      peers: {
        ...besides(half, typicalP99),
        'through, all requests ms': overallP99(half.gateway),
        'direct, all requests ms': overallP99(half.direct),
        ...whenHalfBusy(halfBusy, typicalP99),
      },
    }),
    pollingFigure('gateway.polling_added_p50_ms', { ...polled, of: typicalP50 }, shared),
    pollingFigure('gateway.polling_added_p99_ms', { ...polled, of: typicalP99 }, shared),
  ];
}

type Statistic = (runs: readonly Driven[]) => number | null;

/** The same with a loop that doesn't sleep: for operators who want the time and have the processor. */
function pollingFigure(
  id: FigureId,
  { half, halfBusy, busy, of }: { half: AtRate; halfBusy: AtRate; busy: number; of: Statistic },
  shared: Pick<Figure, 'samples' | 'command'>,
): Figure {
  return figure(id, {
    value: added(half, 'polling', of),
    ...shared,
    peers: {
      'nginx added ms': added(half, 'control', of),
      'requests/s': half.rate,
      busy,
      'half busy: added ms': added(halfBusy, 'polling', of),
    },
  });
}

function added(at: AtRate, path: keyof LatencyPaths, of: Statistic): number | null {
  return difference(of(at[path]), of(at.direct));
}

function besides(at: AtRate, of: Statistic): Figure['peers'] {
  return {
    'through ms': of(at.gateway),
    'direct ms': of(at.direct),
    'nginx added ms': added(at, 'control', of),
    'requests/s': at.rate,
  };
}

function whenHalfBusy(at: AtRate, of: Statistic): Figure['peers'] {
  return {
    'half busy: added ms': added(at, 'gateway', of),
    'half busy: nginx added ms': added(at, 'control', of),
    'half busy: requests/s': at.rate,
  };
}

type Runs = Record<keyof LatencyPaths, Driven[]>;

async function measureAt(
  stage: Stage,
  paths: LatencyPaths,
  { halfRate: rate, rounds, seconds }: LatencyOptions,
): Promise<AtRate> {
  const runs: Runs = { direct: [], gateway: [], polling: [], control: [] };
  for (let round = 0; round < rounds; round += 1) {
    runs.direct.push(await drive(paths.direct, rate, seconds));
    runs.gateway.push(await drive(paths.gateway.url, rate, seconds));
    runs.polling.push(await drive(paths.polling.url, rate, seconds));
    if (paths.control) runs.control.push(await drive(paths.control.url, rate, seconds));
    await stage.forgetOutput();
  }
  return { rate, ...runs };
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
