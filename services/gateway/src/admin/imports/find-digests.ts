import type { AuditReader } from '../../audit/read-audit.ts';

const BATCH = 1_000;

/** Which of these digests (hex) the store has, with the ids of their keys. */
export async function findDigests(
  read: AuditReader,
  digests: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let at = 0; at < digests.length; at += BATCH) {
    const rows = await read<{ digest: string; key_id: string }>(
      `SELECT encode(digest, 'hex') AS digest, key_id FROM key_secrets
       WHERE digest IN (SELECT decode(unnest($1::text[]), 'hex'))`,
      [digests.slice(at, at + BATCH)],
    );
    for (const { digest, key_id: id } of rows) found.set(digest, id);
  }
  return found;
}
