import type { BackendHealth, GatewayHealth, PartHealth } from '@omni/contracts/health.ts';
import { describe, expect, it } from 'vitest';
import type { StackHealth } from '../../../shared/domain/health.ts';
import { toStackHealth, toUnreachable } from './to-stack-health.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const part = (state: PartHealth['state'] = 'ok', rest: Partial<PartHealth> = {}): PartHealth => ({
  state,
  since: SINCE,
  ...rest,
});

function gateway(change: Partial<GatewayHealth> = {}): GatewayHealth {
  const services = { proxy: part(), upstream: part('ok', { latencyMs: 3 }), keystore: part() };
  return { status: 'healthy', version: '1', revision: 'gateway-1', services, ...change };
}

function backend(
  services: Partial<BackendHealth['services']> = {},
  status: BackendHealth['status'] = 'healthy',
): BackendHealth {
  const all = {
    api: part(),
    database: part('ok', { latencyMs: 1 }),
    redis: part('not_configured'),
    ai: part(),
  };
  return { status, version: '1', revision: 'backend-1', services: { ...all, ...services } };
}

const answered = <T>(health: T): { health: T; elapsedMs: number; error: null } => ({
  health,
  elapsedMs: 4.4,
  error: null,
});
const silent = { health: null, elapsedMs: 2000, error: 'connection refused' };
const round = (at = 1000): Parameters<typeof toStackHealth>[0] => ({
  at,
  gateway: answered(gateway()),
  backend: answered(backend()),
});
const words = ({ nodes }: StackHealth): string[] => nodes.map(({ id, word }) => `${id} ${word}`);

describe('the picture of the stack', () => {
  it('is well, and a part that is not configured does not make it worse', () => {
    const health = toStackHealth(round(), null);
    expect(words(health)).toEqual([
      'gateway Healthy',
      'backend Healthy',
      'database Healthy',
      'redis Not configured',
      'model Healthy',
    ]);
    expect(health.verdict).toMatchObject({ state: 'ok', title: 'All healthy' });
    expect(
      health.edges.map(({ from, to, latencyMs }) => `${from} ${to} ${String(latencyMs)}`),
    ).toEqual([
      'clients gateway 4.4',
      'gateway backend 3',
      'backend database 1',
      'backend redis null',
      'backend model null',
    ]);
  });

  it('names the root of a fault, not its symptom', () => {
    const broken = backend(
      { database: part('down', { reason: 'Postgres refuses connections.' }) },
      'unhealthy',
    );
    const health = toStackHealth({ ...round(), backend: answered(broken) }, null);
    expect(health.verdict).toMatchObject({ state: 'bad', title: 'Down: database' });
    expect(health.verdict.sentence).toContain('Postgres refuses connections.');
    expect(health.nodes[1]).toMatchObject({
      word: 'Down',
      reason: 'Postgres refuses connections.',
    });
  });

  it('knows nothing of what only a silent backend could tell', () => {
    const health = toStackHealth({ ...round(), backend: silent }, null);
    expect(words(health)).toEqual([
      'gateway Healthy',
      'backend Down',
      'database Unknown',
      'redis Unknown',
      'model Unknown',
    ]);
    expect(health.nodes[1]?.reason).toContain('connection refused');
  });

  it('says that nothing is deployed yet', () => {
    const health = toStackHealth({ at: 1, gateway: null, backend: null }, null);
    expect(words(health).slice(0, 2)).toEqual(['gateway Not deployed', 'backend Not deployed']);
    expect(health.verdict.title).toBe('Unknown');
  });

  it('remembers since when a service has been in its state', () => {
    const first = toStackHealth(round(1000), null);
    const second = toStackHealth(round(2000), first);
    expect(second.nodes[0]).toMatchObject({ since: 1000, observedAt: 2000 });
    const third = toStackHealth({ ...round(3000), gateway: silent }, second);
    expect(third.nodes[0]).toMatchObject({ word: 'Down', since: 3000 });
  });

  it('keeps the last values with their age when the platform is gone', () => {
    const before = toStackHealth(round(1000), null);
    const gone = toUnreachable('The local cloud isn’t running.', 9000, before);
    expect(new Set(gone.nodes.map(({ word }) => word))).toEqual(new Set(['Unknown']));
    expect(gone.nodes[0]).toMatchObject({
      reason: 'The local cloud isn’t running.',
      observedAt: 1000,
      facts: before.nodes[0]?.facts,
    });
    expect(gone.edges.every(({ state }) => state === 'idle')).toBe(true);
    expect(gone.edges.map(({ latencyMs }) => latencyMs)).toEqual([null, null, null, null, null]);
    expect(gone.observedAt).toBe(1000);
    expect(toUnreachable('Still gone.', 10_000, gone).observedAt).toBe(1000);
  });
});
