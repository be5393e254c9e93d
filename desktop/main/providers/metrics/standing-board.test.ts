import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardFrame, BOARD_SERIES } from '../../../shared/domain/latency-board.ts';
import { BOARD_RANGES } from '../../../shared/domain/latency-board.ts';
import { ScriptedExposition } from '../fakes/scripted-exposition.ts';
import type { BoardQuery } from './board-points.ts';
import { evaluateBoard } from './board-points.ts';
import { SeriesStore } from './series-store.ts';
import { StandingBoard } from './standing-board.ts';

const START = 1_800_000_000_000;
const ALL: BoardQuery = { service: 'gateway', route: null, revision: null, range: '5m' };
const labels = (instance: string): { service: string; revision: string; instance: string } => ({
  service: 'gateway',
  revision: 'gateway-00001-abc',
  instance,
});

type Second =
  | { readonly kind: 'scraped'; readonly latencies: readonly number[] }
  | { readonly kind: 'failed' | 'unlisted' | 'no-targets' | 'restarted' };

/** A service with one instance, second by second, on a store. */
class Simulation {
  readonly store = new SeriesStore();
  #process = new ScriptedExposition();
  #instance = 1;
  #second = 0;

  constructor() {
    this.#process.announce('/api');
  }

  play(second: Second): void {
    const at = START + this.#second * 1000 + 7;
    this.#second += 1;
    const target = labels(String(this.#instance));
    if (second.kind === 'scraped') {
      for (const seconds of second.latencies) this.#process.observe({ seconds });
      this.store.addScrape(target, at, this.#process.toString());
    } else if (second.kind === 'failed') {
      this.store.addFailedScrape(target, at);
    } else if (second.kind === 'restarted') {
      this.#instance += 1;
      this.#process = new ScriptedExposition();
      this.#process.announce('/api');
      this.store.addScrape(labels(String(this.#instance)), at, this.#process.toString());
    }
    this.store.endPass(at, second.kind !== 'no-targets');
  }

  board(): StandingBoard {
    return new StandingBoard(this.store, ALL);
  }

  /** States of the newest points, oldest first. */
  states(count: number): readonly string[] {
    return this.board().read(START).frame.states.slice(-count);
  }
}

function play(...groups: readonly [number, Second][]): Simulation {
  const simulation = new Simulation();
  for (const [times, second] of groups) {
    for (let index = 0; index < times; index += 1) simulation.play(second);
  }
  return simulation;
}

const busy: Second = { kind: 'scraped', latencies: [0.02, 0.07, 0.2] };
const idle: Second = { kind: 'scraped', latencies: [] };

describe('point states', () => {
  it('is a value while requests are measured', () => {
    const simulation = play([30, busy]);
    const { frame } = simulation.board().read(START);
    expect(frame.states.at(-1)).toBe('value');
    expect(frame.series.requests.at(-1)).toBeCloseTo(3, 6);
    expect(frame.series.errors.at(-1)).toBe(0);
    expect(frame.series.p50.at(-1)).toBeGreaterThan(50);
    expect(frame.heat.at(-1)).toEqual([0, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it('is no traffic, with zero requests and no quantile, when idle longer than the window', () => {
    const { frame } = play([10, busy], [20, idle]).board().read(START);
    expect(frame.states.at(-1)).toBe('no_traffic');
    expect(frame.series.requests.at(-1)).toBe(0);
    expect(frame.series.p99.at(-1)).toBeNull();
  });

  it('is a gap while the scrape fails, and a value again after it', () => {
    const simulation = play([20, busy], [5, { kind: 'failed' }]);
    expect(simulation.states(3)).toEqual(['gap', 'gap', 'gap']);
    simulation.play(busy);
    simulation.play(busy);
    expect(simulation.states(1)).toEqual(['value']);
  });

  it('is a gap while nobody knows the targets, and before the console ran', () => {
    const simulation = play([20, busy], [4, { kind: 'no-targets' }]);
    expect(simulation.states(2)).toEqual(['gap', 'gap']);
    expect(simulation.board().read(START).frame.states[0]).toBe('gap');
  });

  it('is stale when no instance is known any more', () => {
    expect(play([20, busy], [5, { kind: 'unlisted' }]).states(2)).toEqual(['stale', 'stale']);
  });
});

describe('counters', () => {
  it('never become a spike when an instance is replaced', () => {
    const simulation = play([30, busy], [1, { kind: 'restarted' }], [20, busy]);
    const { requests } = simulation.board().read(START).frame.series;
    for (const value of requests) if (value !== null) expect(value).toBeLessThan(4);
  });

  it('count the first requests of a series that appears on a known instance', () => {
    const store = new SeriesStore();
    const service = new ScriptedExposition();
    for (let second = 0; second < 20; second += 1) {
      if (second === 10) service.observe({ route: '/new', seconds: 0.02 });
      store.addScrape(labels('1'), START + second * 1000, service.toString());
      store.endPass(START + second * 1000, true);
    }
    const { frame } = new StandingBoard(store, ALL).read(START);
    const heat = frame.heat.reduce((sum, column) => sum + column.reduce((a, b) => a + b, 0), 0);
    expect(heat).toBe(1);
  });
});

describe('StandingBoard', () => {
  const latency = fc.constantFrom(0.001, 0.02, 0.07, 0.2, 0.4, 2, 9);
  const second: fc.Arbitrary<Second> = fc.oneof(
    { weight: 8, arbitrary: fc.array(latency, { maxLength: 4 }).map(toScraped) },
    { weight: 2, arbitrary: fc.constantFrom(...otherSeconds()) },
  );

  it('appends exactly what a full evaluation gives', () => {
    fc.assert(
      fc.property(fc.array(second, { minLength: 20, maxLength: 80 }), (seconds) => {
        const simulation = play([3, busy]);
        const board = simulation.board();
        const points = new Points();
        for (const next of seconds) {
          points.add(board.read(START).frame);
          simulation.play(next);
        }
        points.add(board.read(START).frame);
        const times = points.times();
        expect(points.frame()).toEqual(evaluateBoard(simulation.store, ALL, times).frame);
        const first = times[0] ?? NaN;
        expect(times).toEqual(times.map((_, index) => first + index));
        expect(times.length).toBeGreaterThan(BOARD_RANGES['5m'].seconds);
      }),
      { numRuns: 30 },
    );
  });

  it('sends the whole board again when the buckets are cut differently', () => {
    const simulation = play([5, busy]);
    const board = simulation.board();
    expect(board.read(START).kind).toBe('full');
    simulation.play(busy);
    expect(board.read(START).kind).toBe('append');
    const other = `# TYPE http_server_request_duration_seconds histogram
http_server_request_duration_seconds_bucket{http_route="/api",le="0.4"} 1
http_server_request_duration_seconds_bucket{http_route="/api",le="+Inf"} 1
http_server_request_duration_seconds_sum{http_route="/api"} 1
http_server_request_duration_seconds_count{http_route="/api"} 1
`;
    simulation.store.addScrape(labels('other'), START + 6007, other);
    const reading = board.read(START);
    expect(reading.kind).toBe('full');
    expect(reading.boundsMs).toContain(400);
  });
});

function toScraped(latencies: readonly number[]): Second {
  return { kind: 'scraped', latencies };
}

function otherSeconds(): Second[] {
  return [{ kind: 'failed' }, { kind: 'unlisted' }, { kind: 'no-targets' }, { kind: 'restarted' }];
}

/** Puts frames together as a page does. */
class Points {
  readonly #frames: BoardFrame[] = [];

  add(frame: BoardFrame): void {
    this.#frames.push(frame);
  }

  times(): readonly number[] {
    return this.#frames.flatMap((frame) => frame.times);
  }

  frame(): BoardFrame {
    const column = (id: (typeof BOARD_SERIES)[number]): readonly (number | null)[] =>
      this.#frames.flatMap((frame) => frame.series[id]);
    return {
      times: this.times(),
      states: this.#frames.flatMap((frame) => frame.states),
      series: {
        p50: column('p50'),
        p95: column('p95'),
        p99: column('p99'),
        requests: column('requests'),
        errors: column('errors'),
        inFlight: column('inFlight'),
      },
      heat: this.#frames.flatMap((frame) => frame.heat),
    };
  }
}
