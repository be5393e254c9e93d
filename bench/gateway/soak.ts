import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import type { Candidate } from './peers.ts';
import { rssMb } from './process-cost.ts';
import { measureRates } from './rates.ts';
import type { Stage } from './stage.ts';

const SAMPLE_SECONDS = 10;
/**
 * V8 keeps the pages that its old generation took at its fullest, and fuller ones come ever more seldom:
 * 192 MB after one minute of full load, 199.1 after ten, 199.4 after nineteen. Until then memory grows
 * whether anything leaks or not.
 */
const SETTLE_MINUTES = 10;

interface Sample {
  readonly hours: number;
  readonly mb: number;
}

/** Growth of resident memory under full load for so many minutes, after the ten in which it settles. */
export async function measureSoak(
  stage: Stage,
  gateway: Candidate,
  { minutes, command }: { minutes: number | undefined; command: string },
): Promise<Figure> {
  if (minutes === undefined) {
    const note = 'not measured: run with --soak 10';
    return figure('gateway.soak_rss_slope_mb_per_h', { value: null, samples: 0, command, note });
  }
  const settling = await sampleMemory(stage, gateway, SETTLE_MINUTES);
  const settled = await sampleMemory(stage, gateway, minutes);
  const sizes = settled.map(({ mb }) => mb);
  return figure('gateway.soak_rss_slope_mb_per_h', {
    value: slope(settled),
    samples: settled.length,
    command: `${command} --soak ${minutes}`,
    peers: {
      'first MB': sizes[0] ?? null,
      'last MB': sizes.at(-1) ?? null,
      'lowest MB': Math.min(...sizes),
      'highest MB': Math.max(...sizes),
      'ten minutes before MB': settling[0]?.mb ?? null,
    },
  });
}

async function sampleMemory(
  stage: Stage,
  gateway: Candidate,
  minutes: number,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < minutes * 60_000) {
    await measureRates(stage, [gateway], { rounds: 1, seconds: SAMPLE_SECONDS, warmUp: 1 });
    const hours = (performance.now() - startedAt) / 3_600_000;
    samples.push({ hours, mb: rssMb(gateway.child.process.pid ?? 0) });
  }
  return samples;
}

/**
 * The median of the slopes between all pairs (Theil 1950, Sen 1968), which a leak shows in as in least
 * squares. Those said 251 MB/h of a gateway that had 197 MB at the beginning and 198 at the end: V8
 * had given a young generation back for a while, and taken it again.
 */
export function slope(points: readonly Sample[]): number | null {
  const slopes: number[] = [];
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) slopes.push((b.mb - a.mb) / (b.hours - a.hours));
  }
  return median(slopes);
}
