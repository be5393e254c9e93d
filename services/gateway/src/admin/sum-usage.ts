import type { KeyUsage } from '@omni/contracts/gateway-admin/usage.ts';
import type { StoredKey } from '../keys/key-repository.ts';
import type { UsageRow } from '../keys/key-usage.ts';

type Counts = KeyUsage['total'];

/** Usage rows -> sums in total, by secret, by route and by minute. */
export function sumUsage(key: StoredKey, since: Date, rows: readonly UsageRow[]): KeyUsage {
  const total = none();
  const secrets = new Map<number, Counts>();
  const routes = new Map<string, Counts>();
  const minutes = new Map<string, Counts>();
  // A secret without a request is the answer that a rotation waits for.
  for (const { secretNo = 1 } of key.secrets) secrets.set(secretNo, none());
  for (const row of rows) {
    add(total, row);
    add(sumOf(secrets, row.secretNo), row);
    add(sumOf(routes, row.route), row);
    add(sumOf(minutes, row.minute.toISOString()), row);
  }
  return {
    keyId: key.id,
    since: since.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    total,
    secrets: [...secrets].map(([no, counts]) => ({ no, lastUsedAt: lastUse(key, no), ...counts })),
    routes: [...routes].map(([route, counts]) => ({ route, ...counts })),
    minutes: [...minutes].map(([minute, counts]) => ({ minute, ...counts })),
  };
}

function none(): Counts {
  return { requests: 0, errors: 0, bytes: 0, durationMs: 0 };
}

function sumOf<Name>(sums: Map<Name, Counts>, name: Name): Counts {
  const known = sums.get(name) ?? none();
  sums.set(name, known);
  return known;
}

function add(sum: Counts, { requests, errors, bytes, durationMs }: UsageRow): void {
  sum.requests += requests;
  sum.errors += errors;
  sum.bytes += bytes;
  sum.durationMs += durationMs;
}

function lastUse(key: StoredKey, no: number): string | null {
  const secret = key.secrets.find(({ secretNo = 1 }) => secretNo === no);
  return secret?.lastUsedAt?.toISOString() ?? null;
}
