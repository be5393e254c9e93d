import type { StoredKey } from './key-repository.ts';

/** A key as the audit log keeps it: no digest, no secret. */
function audited(key: StoredKey): Record<string, unknown> {
  const { lastUsedAt: _lastUsedAt, source: _source, version: _version, secrets, ...rest } = key;
  return {
    ...rest,
    secrets: secrets.map(({ secretNo, last4, notAfter }) => ({ secretNo, last4, notAfter })),
  };
}

/** What a change did: the members that differ, before and after. All of them for a new key. */
export function auditedChange(
  before: StoredKey | null,
  after: StoredKey | null,
): { before: unknown; after: unknown } {
  if (before === null || after === null) {
    return {
      before: before === null ? null : audited(before),
      after: after === null ? null : audited(after),
    };
  }
  const [was, is] = [audited(before), audited(after)];
  const differing = Object.keys(is).filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  const pick = (all: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(differing.map((name) => [name, all[name]]));
  return { before: pick(was), after: pick(is) };
}
