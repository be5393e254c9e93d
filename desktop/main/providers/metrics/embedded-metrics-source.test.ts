import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScrapeTarget } from '../../ports/scrape-targets.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import type { ScriptedInstance } from '../fakes/scripted-metrics-source.ts';
import { describeMetricsSource } from '../metrics-source.conformance.ts';
import { systemClock } from '../os/system-clock.ts';
import { ExpositionServer } from '../testing/exposition-server.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { EmbeddedMetricsSource } from './embedded-metrics-source.ts';

/** Real servers for scripted instances. */
class Instances {
  readonly #servers = new Map<string, { server: ExpositionServer; url: string }>();
  #listed: readonly ScriptedInstance[] | null = null;

  async set(instances: readonly ScriptedInstance[] | null): Promise<void> {
    this.#listed = instances;
    for (const { instance, exposition } of instances ?? []) {
      const known = this.#servers.get(instance) ?? (await open());
      this.#servers.set(instance, known);
      known.server.exposition = exposition;
    }
  }

  list(): Promise<readonly ScrapeTarget[]> {
    const listed = this.#listed;
    if (listed === null) {
      const failure = { code: 'TARGET_UNREACHABLE', message: 'gone', nextStep: 'wait' } as const;
      return Promise.reject(new DomainError(failure));
    }
    return Promise.resolve(
      listed.map(({ exposition: _, ...labels }) => ({
        ...labels,
        url: this.#servers.get(labels.instance)?.url ?? '',
      })),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(({ server }) => server.close()));
  }
}

async function open(): Promise<{ server: ExpositionServer; url: string }> {
  const server = new ExpositionServer();
  return { server, url: await server.listen() };
}

describeMetricsSource('scraped from real servers', () => {
  const clock = new ManualClock();
  const instances = new Instances();
  const source = new EmbeddedMetricsSource({ targets: instances, clock, logger: silentLogger });
  return Promise.resolve({
    source,
    play: async (wanted) => {
      await instances.set(wanted);
      await clock.advance(1000);
      await source.scrapeOnce();
    },
    close: async () => {
      await source.close();
      await instances.close();
    },
  });
});

describe('EmbeddedMetricsSource', () => {
  let server: ExpositionServer;
  let source: EmbeddedMetricsSource;

  beforeEach(async () => {
    server = new ExpositionServer();
    server.exposition = '# TYPE up gauge\nup 1\n';
    const url = await server.listen();
    const target = { url, service: 'gateway', revision: 'r1', instance: 'a' };
    source = new EmbeddedMetricsSource({
      targets: { list: () => Promise.resolve([target]) },
      clock: systemClock,
      logger: silentLogger,
    });
  });
  afterEach(async () => {
    await source.close();
    await server.close();
  });

  const query = { service: 'gateway', route: null, revision: null, range: '5m' } as const;

  it('scrapes once a second on one kept connection until it is closed', async () => {
    source.start();
    source.start();
    const seen: (number | null)[] = [];
    for await (const reading of source.watchBoard(query, AbortSignal.timeout(10_000))) {
      seen.push(reading.scrapedAt);
      if (server.requests >= 3) break;
    }
    expect(new Set(seen.filter((at) => at !== null)).size).toBeGreaterThanOrEqual(2);
    expect(server.sockets.size).toBe(1);
    await source.close();
    const { requests } = server;
    expect(requests).toBeLessThan(5);
  });

  it('ends a pass although a target hangs, and takes that for a failed scrape', async () => {
    await source.scrapeOnce();
    server.hanging = true;
    const began = performance.now();
    await source.scrapeOnce();
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  it('ends every stream when it is closed', async () => {
    const stream = source.watchBoard(query, new AbortController().signal);
    await stream.next();
    const waiting = stream.next();
    await source.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('takes an exposition that is none for a failed scrape', async () => {
    await source.scrapeOnce();
    server.exposition = '<html>not metrics</html>';
    await source.scrapeOnce();
    const { value } = await source.watchBoard(query, new AbortController().signal).next();
    expect(value).toMatchObject({ instances: 1 });
  });
});
