import type { scanAnswer } from '@omni/contracts/gateway-admin/bulk.ts';
import type { z } from 'zod';
import type { StoredKey } from '../keys/key-repository.ts';
import { KeyRepositoryError } from '../keys/key-repository.ts';
import type { AdminParts } from './admin-parts.ts';
import { repositoryOf } from './admin-parts.ts';
import { toKeyRecord } from './to-key-record.ts';

/** Which of these ids are keys, revoked and deleted ones too. */
export async function findKeys(
  parts: AdminParts,
  ids: readonly string[],
): Promise<z.input<typeof scanAnswer>> {
  const found: StoredKey[] = [];
  const unknown: string[] = [];
  for (const id of new Set(ids)) {
    const key = await findKey(parts, id);
    if (key === null) unknown.push(id);
    else found.push(key);
  }
  return { found: found.map((key) => toKeyRecord(key)), unknown };
}

async function findKey(parts: AdminParts, id: string): Promise<StoredKey | null> {
  try {
    return (await (await repositoryOf(parts, id)).get(id)).key;
  } catch (error) {
    if (error instanceof KeyRepositoryError && error.code === 'key_not_found') return null;
    throw error;
  }
}
