import { describe, expect, it } from 'vitest';
import { degradedStack, healthyStack } from '../../testing/sample-health.ts';
import { figuresAt } from '../../testing/sample-metrics.ts';
import { pastOperations, runningDeploy } from '../../testing/sample-operations.ts';
import { sampleAudit } from '../../testing/sample-audit.ts';
import { edgeWords } from './health-graph.tsx';
import { recentChanges } from './recent-changes.ts';
import { sparkPoints } from './service-card.tsx';
import { asCurl, asPowerShell } from './test-command.ts';
import { lineBetween } from './use-edges.ts';
import { splitSentence, troubleSince } from './why-banner.tsx';

const NOW = 1_764_000_000_000;

describe('the sentence of the verdict', () => {
  it('begins with its cause', () => {
    expect(splitSentence('Postgres is slow. Gateway is fine.')).toEqual([
      'Postgres is slow.',
      'Gateway is fine.',
    ]);
    expect(splitSentence('Everything is down.')).toEqual(['Everything is down.', '']);
  });

  it('knows since when the worst parts are in that state', () => {
    expect(troubleSince(degradedStack(NOW))).toBe(NOW - 95_000);
    const health = healthyStack(NOW);
    const unknown = health.nodes.map((node) => ({ ...node, since: null }));
    expect(troubleSince({ ...health, nodes: unknown })).toBeNull();
  });
});

describe('edges of the graph', () => {
  const figures = figuresAt(NOW, 'even');
  const plain = (text: string | null): string => (text ?? '').replaceAll(/\s/g, ' ');

  it('carry traffic where it is counted and the cost of the last check elsewhere', () => {
    const edge = { state: 'ok', latencyMs: 6.1 } as const;
    const clients = edgeWords({ ...edge, from: 'clients', to: 'gateway' }, figures);
    expect(plain(clients.above)).toMatch(/^\d+ \/s$/);
    expect(plain(clients.below)).toBe('0.02 %');
    const database = edgeWords({ ...edge, from: 'backend', to: 'database' }, figures);
    expect([plain(database.above), database.below]).toEqual(['6.10 ms', null]);
    const silent = edgeWords({ ...edge, from: 'gateway', to: 'backend' }, figuresAt(NOW, 'silent'));
    expect([plain(silent.above), silent.below]).toEqual(['6.10 ms', null]);
  });

  it('run from side to side, their word in the middle', () => {
    const line = lineBetween(
      { left: 0, right: 10, middle: 50 },
      { left: 30, right: 40, middle: 90 },
    );
    expect(line).toEqual({ path: 'M10.0,50.0C20.0,50.0 20.0,90.0 30.0,90.0', x: 20, y: 70 });
  });
});

describe('the last changes', () => {
  it('begin with what runs, then go back in time', () => {
    const changes = recentChanges(
      [...pastOperations(NOW), runningDeploy(NOW)],
      sampleAudit(NOW),
      20,
    );
    expect(changes[0]).toMatchObject({ word: 'Running', title: 'Deploying gateway' });
    const times = changes.slice(1).map((change) => change.at);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('show an operation once, with how it was verified or why it failed', () => {
    const words = recentChanges(pastOperations(NOW), sampleAudit(NOW), 20).map(
      ({ word, title, detail }) => `${word} ${title} ${detail}`,
    );
    expect(words).toContain(
      'Verified Rolled back gateway to gateway-00042 gateway-00042, 20/20 answers',
    );
    expect(words).toContain('Failed Deploy gateway never ready: port 8081 was not opened');
    expect(words.filter((line) => line.includes('deployments.'))).toEqual([]);
    expect(recentChanges(pastOperations(NOW), [], 2)).toHaveLength(2);
  });
});

describe('the points of a card', () => {
  it('end at the last scrape and stand fifteen minutes wide', () => {
    const [gateway] = figuresAt(NOW, 'even');
    if (gateway === undefined) throw new Error('The sample has no gateway');
    const points = sparkPoints(gateway.spark, NOW);
    expect(points.at(-1)?.at).toBe(NOW);
    expect(NOW - (points[0]?.at ?? 0)).toBe(885_000);
  });
});

describe('commands to copy', () => {
  it('quote the address and never hold the key', () => {
    const asked = {
      method: 'POST',
      url: "http://127.0.0.1:8081/a?q='x'",
      requestBody: `{"input":"it's"}`,
    };
    expect(asCurl(asked)).toBe(
      `curl -sS -i -X POST -H "x-api-key: $API_KEY" -H 'content-type: application/json' --data '{"input":"it'\\''s"}' 'http://127.0.0.1:8081/a?q='\\''x'\\'''`,
    );
    expect(asPowerShell(asked)).toContain("'http://127.0.0.1:8081/a?q=''x'''");
    expect(asPowerShell(asked)).toContain('$env:API_KEY');
    expect(asPowerShell(asked)).toContain(`-Body '{"input":"it''s"}'`);
  });
});
