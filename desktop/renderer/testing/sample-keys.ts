import type { ApiKey } from '../../shared/domain/api-key.ts';
import type { KeyUsage } from '../../shared/domain/latency-board.ts';
import { wave } from './sample-wave.ts';

type Line = readonly [name: string, last4: string, limit: number | null, part: Partial<ApiKey>];

/** Keys in every state. */
export function sampleKeys(now: number): ApiKey[] {
  const at = (days: number): string => new Date(now + days * 86_400_000).toISOString();
  const lines: readonly Line[] = [
    ['mobile-app', 'q7Zd', 120, { lastUsedAt: at(0) }],
    ['partner-acme', '2hRk', 60, { lastUsedAt: at(0), expiresAt: at(4) }],
    ['batch-embeddings', '9sLm', 2_000, { lastUsedAt: at(-0.0001), expiresAt: at(80) }],
    ['staging-ci', 'mm4T', 60, { environment: 'test', lastUsedAt: at(-34) }],
    ['sample-traffic', '77Ga', null, { source: 'static', createdAt: null, lastUsedAt: at(0) }],
    ['mobile-prod', 'c0Vw', 120, { revokedAt: at(-0.01), revokeReason: 'leaked in a log' }],
    ['old-partner', 'Xp01', 60, { expiresAt: at(-3), lastUsedAt: at(-4) }],
  ];
  return lines.map(([name, last4, rateLimitPerMinute, part], index) => ({
    id: `key-${String(index + 1)}`,
    name,
    source: 'store',
    environment: 'live',
    prefix: `omni_${part.environment ?? 'live'}_`,
    last4,
    createdAt: at(-90 + index * 10),
    expiresAt: null,
    revokedAt: null,
    revokeReason: null,
    lastUsedAt: null,
    rateLimitPerMinute,
    ...part,
  }));
}

/** Requests by key in the last hour. */
export function sampleKeyUsage(): KeyUsage[] {
  const rates = [50, 60, 1_200, 0, 30];
  return rates.map((rate, index) => {
    const perMinute = Array.from({ length: 60 }, (_, minute) =>
      Math.round(wave(minute + index * 70, rate, index)),
    );
    return { keyId: `key-${String(index + 1)}`, lastMinute: perMinute.at(-1) ?? 0, perMinute };
  });
}
