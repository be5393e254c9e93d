import { BUDGETS, figure } from './budgets.ts';
import type { FigureId } from './budgets.ts';
import { bundleGateway } from './bundle-gateway.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import { measureLatency } from './gateway/latency.ts';
import { startOurGateway } from './gateway/our-gateway.ts';
import type { Candidate } from './gateway/peers.ts';
import { startPeers, startUpstream } from './gateway/peers.ts';
import type { Rates } from './gateway/rates.ts';
import { measureRates } from './gateway/rates.ts';
import { startBenchRedis } from './gateway/redis.ts';
import { measureSoak } from './gateway/soak.ts';
import { Stage } from './gateway/stage.ts';
import { measureIdleMemory, measureSpawn } from './gateway/start-cost.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- gateway';
const INSTALL = 'npm run bench -- --setup installs the peers';
/** Asked for where the gateway's own rate is not known. */
const FALLBACK_RATE = 5_000;
const SHARED = 'gateway, limits in Redis';

/** Figures that compare rates: how many of the peer's requests the gateway does. */
const RATIOS: readonly (readonly [FigureId, string])[] = [
  ['gateway.ratio_nginx', 'nginx'],
  ['gateway.ratio_haproxy', 'haproxy'],
  ['gateway.ratio_undici', 'undici proxy'],
  ['gateway.ratio_fastify_http_proxy', '@fastify/http-proxy'],
  ['gateway.ratio_node_http', 'node:http'],
];

/**
 * The gateway with keys, two limits, metrics and JSON logs on, beside bare proxies that do nothing
 * of it, each alone on one processor; what it adds to the direct path; its start and its memory.
 */
export async function measureGateway(options: BenchOptions): Promise<readonly Figure[]> {
  const stage = await Stage.open();
  try {
    const bundle = await bundleGateway(stage.folder);
    const upstream = await startUpstream(stage);
    const gateway = await startOurGateway(stage, { bundle, upstream });
    const candidates = [
      gateway,
      ...(await startPeers(stage, upstream)),
      ...(await startShared(stage, { bundle, upstream })),
    ];
    const load = options.smoke
      ? { rounds: 1, seconds: 1, warmUp: 1 }
      : { rounds: 7, seconds: 3, warmUp: 5 };
    const rates = await measureRates(stage, candidates, load);
    return [
      ...RATIOS.map(([id, peer]) => ratioFigure(id, { rates, peer })),
      ratioFigure('gateway.redis_ratio', { rates, peer: 'gateway', ours: SHARED }),
      cpuFigure(rates),
      cpuRatioFigure(rates),
      ...(await measureLatency(
        stage,
        {
          direct: upstream,
          gateway,
          sleeping: await startOurGateway(stage, { bundle, upstream, busyPollUs: 0 }),
          control: candidates.find(({ name }) => name === 'nginx'),
        },
        {
          ...halfRates(rates),
          ...(options.smoke ? { rounds: 1, seconds: 1 } : { rounds: 6, seconds: 5 }),
          command: COMMAND,
        },
      )),
      await measureSpawn(bundle, { rounds: options.smoke ? 3 : 15, command: COMMAND }),
      await measureIdleMemory(bundle, COMMAND),
      await measureSoak(stage, gateway, { minutes: options.soakMinutes, command: COMMAND }),
    ];
  } finally {
    await stage.close();
  }
}

async function startShared(
  stage: Stage,
  { bundle, upstream }: { bundle: string; upstream: string },
): Promise<readonly Candidate[]> {
  const redisUrl = await startBenchRedis(stage);
  if (redisUrl === null) return [];
  return [await startOurGateway(stage, { bundle, upstream, name: SHARED, redisUrl })];
}

function ratioFigure(
  id: FigureId,
  { rates, peer, ours = 'gateway' }: { rates: Rates | null; peer: string; ours?: string },
): Figure {
  const mine = rates?.[ours] ?? [];
  const theirs = rates?.[peer] ?? [];
  // By round: both ran within seconds of each other.
  const ratios = theirs.flatMap(({ perSecond }, round) => {
    const own = mine[round]?.perSecond;
    return own === undefined ? [] : [own / perSecond];
  });
  return figure(id, {
    value: median(ratios),
    samples: ratios.length,
    command: COMMAND,
    peers: {
      [`${ours} req/s`]: median(mine.map(({ perSecond }) => perSecond)),
      [`${peer} req/s`]: median(theirs.map(({ perSecond }) => perSecond)),
    },
    ...(ratios.length === 0 ? { note: INSTALL } : {}),
  });
}

/** Processor time per request: another load of the machine hardly shows in it. */
function cpuFigure(rates: Rates | null): Figure {
  const of = (name: string): number | null =>
    median((rates?.[name] ?? []).map(({ cpuUs }) => cpuUs));
  const others = Object.keys(rates ?? {}).filter((name) => name !== 'gateway');
  return figure('gateway.cpu_us_per_request', {
    value: of('gateway'),
    samples: rates?.['gateway']?.length ?? 0,
    command: COMMAND,
    peers: Object.fromEntries(others.map((name) => [`${name} µs`, of(name)])),
  });
}

/** The same as a ratio: what of nginx's rate the gateway would reach on a processor of its own. */
function cpuRatioFigure(rates: Rates | null): Figure {
  const theirs = rates?.['nginx'] ?? [];
  const ratios = (rates?.['gateway'] ?? []).map(
    ({ cpuUs }, round) => (theirs[round]?.cpuUs ?? Number.NaN) / cpuUs,
  );
  return figure('gateway.cpu_ratio_nginx', {
    value: theirs.length === 0 ? null : median(ratios),
    samples: theirs.length,
    command: COMMAND,
    ...(theirs.length === 0 ? { note: INSTALL } : {}),
  });
}

/**
 * Half of the goal (its part of nginx's rate), so that a gateway which does more isn't asked for
 * more; and half of what it does.
 */
function halfRates(rates: Rates | null): { halfRate: number; ownHalfRate: number } {
  const rateOf = (name: string): number | null =>
    median((rates?.[name] ?? []).map(({ perSecond }) => perSecond));
  const [own, nginx] = [rateOf('gateway'), rateOf('nginx')];
  const ownHalfRate = own === null ? FALLBACK_RATE : Math.round(own / 2);
  const asked = nginx === null ? null : nginx * BUDGETS['gateway.ratio_nginx'].goal;
  return { halfRate: asked === null ? ownHalfRate : Math.round(asked / 2), ownHalfRate };
}
