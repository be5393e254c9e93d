import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import type { Candidate } from './peers.ts';
import { rssMb } from './process-cost.ts';
import { measureRates } from './rates.ts';
import type { Stage } from './stage.ts';

const SAMPLE_SECONDS = 10;

/** Growth of resident memory under full load; the first fifth, in which heaps settle, is left out. */
export async function measureSoak(
  stage: Stage,
  gateway: Candidate,
  { minutes, command }: { minutes: number | undefined; command: string },
): Promise<Figure> {
  if (minutes === undefined) {
    const note = 'not measured: run with --soak 10';
    return figure('gateway.soak_rss_slope_mb_per_h', { value: null, samples: 0, command, note });
  }
  const samples: { hours: number; mb: number }[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < minutes * 60_000) {
    await measureRates(stage, [gateway], { rounds: 1, seconds: SAMPLE_SECONDS, warmUp: 1 });
    const hours = (performance.now() - startedAt) / 3_600_000;
    samples.push({ hours, mb: rssMb(gateway.child.process.pid ?? 0) });
  }
  const settled = samples.slice(Math.floor(samples.length / 5));
  const peers = { 'first MB': settled[0]?.mb ?? null, 'last MB': settled.at(-1)?.mb ?? null };
  return figure('gateway.soak_rss_slope_mb_per_h', {
    value: slope(settled),
    samples: settled.length,
    command: `${command} --soak ${minutes}`,
    peers,
  });
}

/** Least squares. */
function slope(points: readonly { hours: number; mb: number }[]): number {
  const mean = (of: (point: { hours: number; mb: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ hours }) => hours), mean(({ mb }) => mb)];
  const above = mean(({ hours, mb }) => (hours - x) * (mb - y));
  return above / mean(({ hours }) => (hours - x) ** 2);
}
