import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardFilter, BoardFrame, BoardRange } from '../../shared/domain/latency-board.ts';
import { BOARD_RANGES, BOARD_SERIES } from '../../shared/domain/latency-board.ts';
import type { BoardReading, MetricsSource } from '../ports/metrics-source.ts';
import type { ScriptedInstance } from './fakes/scripted-metrics-source.ts';
import { ScriptedExposition } from './fakes/scripted-exposition.ts';
import { expectCompared } from './testing/expect-compared.ts';

/** A source whose seconds the suite plays. */
export interface MeteredStack {
  readonly source: MetricsSource;
  /** Lets a second pass in which these instances run; null: nobody knows which. */
  readonly play: (instances: readonly ScriptedInstance[] | null) => Promise<void>;
  readonly close: () => Promise<void>;
}

type Query = BoardFilter & { readonly range: BoardRange };
const GATEWAY: Query = { service: 'gateway', route: null, revision: null, range: '5m' };

/** What every adapter of MetricsSource has to keep. */
export function describeMetricsSource(name: string, open: () => Promise<MeteredStack>): void {
  describe(`MetricsSource: ${name}`, () => {
    let stack: MeteredStack;
    let gateway: ScriptedExposition;

    beforeEach(async () => {
      stack = await open();
      gateway = new ScriptedExposition();
      gateway.announce('/api');
    });
    afterEach(async () => {
      await stack.close();
    });

    const running = (
      exposition: ScriptedExposition | null = gateway,
      labels: Partial<ScriptedInstance> = {},
    ): ScriptedInstance => ({
      service: 'gateway',
      revision: 'gateway-00001',
      instance: 'a',
      ...labels,
      exposition: exposition === null ? null : exposition.toString(),
    });

    /** Plays seconds in which the gateway does something and is scraped. */
    async function serve(seconds: number, work: () => void = () => undefined): Promise<void> {
      for (let second = 0; second < seconds; second += 1) {
        work();
        await stack.play([running()]);
      }
    }

    async function board(query: Partial<Query> = {}): Promise<BoardReading> {
      const abort = new AbortController();
      const stream = stack.source.watchBoard({ ...GATEWAY, ...query }, abort.signal);
      for await (const reading of stream) {
        abort.abort();
        return reading;
      }
      throw new Error('the stream ended without a reading');
    }

    const newest = async (query: Partial<Query> = {}): Promise<Point> =>
      lastPoint((await board(query)).frame);

    async function newestScrape(): Promise<number> {
      const query = { service: 'gateway', revisions: [], since: 0 } as const;
      const { until } = await stack.source.compareRevisions(query);
      if (until === null) throw new Error('nothing was scraped');
      return until;
    }

    it('begins with the whole board, on the grid, all columns equally long', async () => {
      await serve(3);
      for (const range of ['5m', '15m', '1h'] as const) {
        const { kind, frame } = await board({ range });
        const { seconds, stepSeconds } = BOARD_RANGES[range];
        expect(kind).toBe('full');
        expect(frame.times).toHaveLength(seconds / stepSeconds);
        expect(frame.times.every((time) => time % stepSeconds === 0)).toBe(true);
        const lengths = BOARD_SERIES.map((id) => frame.series[id].length);
        expect(new Set([...lengths, frame.states.length, frame.heat.length])).toEqual(
          new Set([frame.times.length]),
        );
      }
    });

    it('goes on with the new points only', async () => {
      await serve(3);
      const abort = new AbortController();
      const stream = stack.source.watchBoard(GATEWAY, abort.signal)[Symbol.asyncIterator]();
      const full = await next(stream);
      await serve(1);
      const first = await next(stream);
      await serve(1);
      const second = await next(stream);
      expect([full.kind, first.kind, second.kind]).toEqual(['full', 'append', 'append']);
      const times = [full, first, second].flatMap(({ frame }) => frame.times);
      expect(first.frame.times).toHaveLength(1);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      abort.abort();
      expect(await stream.next()).toMatchObject({ done: true });
    });

    it('measures requests, quantiles, errors and what is in flight', async () => {
      gateway.setActive(3);
      await serve(20, () => {
        for (let index = 0; index < 19; index += 1) gateway.observe({ seconds: 0.07 });
        gateway.observe({ seconds: 0.4, status: 503 });
      });
      const point = await newest();
      expect(point.state).toBe('value');
      expect(point.requests).toBeCloseTo(20, 6);
      expect(point.errors).toBeCloseTo(0.05, 6);
      expect(point.inFlight).toBe(3);
      expect(point.p50).toBeGreaterThan(50);
      expect(point.p50).toBeLessThanOrEqual(100);
      expect(point.p99).toBeGreaterThan(300);
      expect(point.p99).toBeLessThanOrEqual(500);
    });

    it('tells no traffic, a gap and a stack that is gone apart', async () => {
      await serve(5, () => gateway.observe({ seconds: 0.01 }));
      await serve(20);
      expect(await newest()).toMatchObject({ state: 'no_traffic', requests: 0, p95: null });
      for (let second = 0; second < 4; second += 1) await stack.play([running(null)]);
      expect(await newest()).toMatchObject({ state: 'gap', requests: null, p95: null });
      for (let second = 0; second < 4; second += 1) await stack.play([]);
      expect(await newest()).toMatchObject({ state: 'stale', requests: null, p95: null });
      for (let second = 0; second < 4; second += 1) await stack.play(null);
      expect(await newest()).toMatchObject({ state: 'gap', requests: null, p95: null });
    });

    it('has gaps where it did not run yet', async () => {
      await serve(2);
      const { frame } = await board();
      expect(frame.states[0]).toBe('gap');
      expect(frame.series.p95[0]).toBeNull();
    });

    it('leaves out health checks, scrapes and administration', async () => {
      await serve(20, () => {
        for (const route of [
          '/health',
          '/health/live',
          '/api/health',
          '/metrics',
          '/admin/v1/keys',
        ])
          gateway.observe({ route, seconds: 4, status: 500 });
        gateway.observe({ route: '/api', seconds: 0.01 });
      });
      expect(await newest()).toMatchObject({ errors: 0 });
      expect((await newest()).requests).toBeCloseTo(1, 6);
      expect(await stack.source.filters('gateway')).toMatchObject({ routes: ['/api'] });
    });

    it('sums the buckets of all instances before it reads a quantile', async () => {
      const other = new ScriptedExposition();
      other.announce('/api');
      for (let second = 0; second < 20; second += 1) {
        for (let index = 0; index < 99; index += 1) gateway.observe({ seconds: 0.02 });
        other.observe({ seconds: 4 });
        await stack.play([running(), running(other, { instance: 'b' })]);
      }
      // An average of both instances' p95 would be near 2.5 s.
      expect((await newest()).p95).toBeLessThan(50);
      expect((await board()).instances).toBe(2);
    });

    it('shows one route or one revision when it is asked to', async () => {
      const next_ = new ScriptedExposition();
      next_.announce('/api');
      for (let second = 0; second < 20; second += 1) {
        gateway.observe({ route: '/slow', seconds: 0.9 });
        gateway.observe({ route: '/api', seconds: 0.01 });
        next_.observe({ route: '/api', seconds: 0.01 });
        await stack.play([running(), running(next_, { instance: 'b', revision: 'gateway-00002' })]);
      }
      expect((await newest({ route: '/slow' })).p50).toBeGreaterThan(500);
      expect((await newest({ revision: 'gateway-00002' })).requests).toBeCloseTo(1, 6);
      expect(await stack.source.filters('gateway')).toEqual({
        routes: ['/api', '/slow'],
        revisions: ['gateway-00002', 'gateway-00001'],
      });
      expect(await newest({ service: 'backend' })).toMatchObject({ state: 'stale' });
    });

    it('fills the heat map with exactly the requests there were', async () => {
      await serve(1);
      await serve(30, () => {
        gateway.observe({ seconds: 0.02 });
        gateway.observe({ seconds: 9 });
      });
      const { frame, boundsMs } = await board();
      const perBucket = boundsMs.concat(Infinity).map((_, index) => sum(frame.heat, index));
      // The last second may lie beyond the newest grid point.
      expect(perBucket.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(58);
      expect(perBucket[1]).toBe(perBucket.at(-1));
      expect(boundsMs).toContain(300);
    });

    it('lists the routes with their last minute', async () => {
      await serve(70, () => {
        gateway.observe({ route: '/busy', seconds: 0.07 });
        gateway.observe({ route: '/busy', seconds: 0.07, status: 502 });
        gateway.observe({ route: '/calm', seconds: 0.01, method: 'POST' });
      });
      const rows = await stack.source.routes('gateway');
      expect(rows.map(({ method, route }) => `${method} ${route}`)).toEqual([
        'GET /busy',
        'POST /calm',
        'GET /api',
      ]);
      expect(rows[0]?.requestsPerSecond).toBeCloseTo(2, 1);
      expect(rows[0]?.errorRatio).toBeCloseTo(0.5, 6);
      expect(rows[0]?.spark.at(-1)).toBeGreaterThan(50);
      expect(rows[2]).toMatchObject({ requestsPerSecond: 0, p95Ms: null, errorRatio: 0 });
    });

    it('gives the figures of both services, also of one that is not there', async () => {
      await serve(20, () => gateway.observe({ seconds: 0.07 }));
      const abort = new AbortController();
      const stream = stack.source.watchFigures(abort.signal)[Symbol.asyncIterator]();
      const [first, second] = await next(stream);
      abort.abort();
      expect(first).toMatchObject({ service: 'gateway', errorRatio: 0, instances: 1 });
      expect(first?.requestsPerSecond).toBeCloseTo(1, 6);
      expect(first?.p95Ms).toBeGreaterThan(50);
      expect(second).toMatchObject({
        service: 'backend',
        requestsPerSecond: null,
        p95Ms: null,
        errorRatio: null,
        instances: 0,
        scrapedAt: null,
      });
    });

    it('compares revisions over one window, as they were counted', async () => {
      const canary = new ScriptedExposition();
      canary.announce('/api');
      const both = (): ScriptedInstance[] => [
        running(),
        running(canary, { instance: 'b', revision: 'gateway-00002' }),
      ];
      gateway.observe({ seconds: 4, status: 500 });
      canary.observe({ seconds: 4, status: 500 });
      await stack.play(both());
      const since = await newestScrape();
      for (let second = 0; second < 10; second += 1) {
        for (let index = 0; index < 9; index += 1) gateway.observe({ seconds: 0.07 });
        gateway.observe({ route: '/health', seconds: 2 });
        canary.observe({ seconds: 0.4, status: second < 2 ? 502 : 200 });
        await stack.play(both());
      }
      const { until, revisions } = await stack.source.compareRevisions({
        service: 'gateway',
        revisions: ['gateway-00001', 'gateway-00002', 'gateway-00003'],
        since,
      });
      expect(until).toBeGreaterThan(since);
      expectCompared(revisions);
    });

    it('counts the requests of every key by minute', async () => {
      await serve(1);
      await serve(90, () => gateway.useKey('k1'));
      const [usage] = await stack.source.keyUsage();
      expect(usage).toMatchObject({ keyId: 'k1', lastMinute: 60 });
      expect(usage?.perMinute).toHaveLength(60);
      expect(usage?.perMinute.slice(-3)).toEqual([0, 30, 60]);
    });
  });
}

type Point = { readonly state: string } & Readonly<Record<(typeof BOARD_SERIES)[number], number>>;

function lastPoint(frame: BoardFrame): Point {
  const values = BOARD_SERIES.map((id) => [id, frame.series[id].at(-1)]);
  return { state: frame.states.at(-1), ...Object.fromEntries(values) } as Point;
}

function sum(heat: BoardFrame['heat'], bucket: number): number {
  return heat.reduce((total, column) => total + (column[bucket] ?? 0), 0);
}

async function next<T>(stream: AsyncIterator<T>): Promise<T> {
  const result = await stream.next();
  if (result.done === true) throw new Error('the stream has ended');
  return result.value;
}
