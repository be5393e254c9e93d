import type { KeyUsage } from '@omni/contracts/gateway-admin/usage.ts';
import type { StoredKey } from '../keys/key-repository.ts';
import type { UsageRow } from '../keys/key-usage.ts';
import { addBuckets, emptyBuckets, quantileOf } from '../keys/usage-buckets.ts';

type Counts = KeyUsage['total'];
/** Counts while they are added up. */
type Sum = Omit<Counts, 'p50Ms' | 'p95Ms' | 'p99Ms'> & { buckets: number[] };

/** Usage rows -> sums and latency quantiles in total, by secret, by route and by minute. */
export function sumUsage(key: StoredKey, since: Date, rows: readonly UsageRow[]): KeyUsage {
  const total = none();
  const secrets = new Map<number, Sum>();
  const routes = new Map<string, Sum>();
  const minutes = new Map<string, Sum>();
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
    total: counted(total),
    secrets: [...secrets].map(([no, counts]) => ({
      no,
      lastUsedAt: lastUse(key, no),
      ...counted(counts),
    })),
    routes: [...routes].map(([route, counts]) => ({ route, ...counted(counts) })),
    minutes: [...minutes].map(([minute, counts]) => ({ minute, ...counted(counts) })),
  };
}

function none(): Sum {
  return { requests: 0, errors: 0, bytes: 0, durationMs: 0, buckets: emptyBuckets() };
}

function counted({ buckets, ...sum }: Sum): Counts {
  return {
    ...sum,
    p50Ms: quantileOf(buckets, 0.5),
    p95Ms: quantileOf(buckets, 0.95),
    p99Ms: quantileOf(buckets, 0.99),
  };
}

function sumOf<Name>(sums: Map<Name, Sum>, name: Name): Sum {
  const known = sums.get(name) ?? none();
  sums.set(name, known);
  return known;
}

function add(sum: Sum, { requests, errors, bytes, durationMs, buckets }: UsageRow): void {
  addBuckets(sum.buckets, buckets);
  sum.requests += requests;
  sum.errors += errors;
  sum.bytes += bytes;
  sum.durationMs += durationMs;
}

function lastUse(key: StoredKey, no: number): string | null {
  const secret = key.secrets.find(({ secretNo = 1 }) => secretNo === no);
  return secret?.lastUsedAt?.toISOString() ?? null;
}
