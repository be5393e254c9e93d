import { createHash } from 'node:crypto';
import type {
  ImportAnswer,
  ImportFormat,
  ImportRow,
  importRequest,
} from '@omni/contracts/gateway-admin/import.ts';
import type { z } from 'zod';
import { mintKey, parseKey } from '../../keys/key-format.ts';
import type { KeyParts } from '../../keys/key-format.ts';
import type { KeyRepository, NewKey, StoredSecret } from '../../keys/key-repository.ts';
import { KeyRepositoryError } from '../../keys/key-repository.ts';
import type { AdminParts } from '../admin-parts.ts';
import { requireDatabase, requireStore } from '../admin-parts.ts';
import { AdminError } from '../http/admin-error.ts';
import type { AdminAnswer, AdminCall } from '../http/admin-route.ts';
import { estimateBits, WEAK_BELOW_BITS } from './estimate-bits.ts';
import type { ImportedKey, ImportItem } from './imported-key.ts';
import { ImportFormatError } from './imported-key.ts';
import { findDigests } from './find-digests.ts';
import { readCsvKeys } from './read-csv.ts';
import { readEnvKeys } from './read-env.ts';
import { readKongKeys, readLiteLlmKeys, readUnkeyKeys } from './read-exports.ts';

const READERS: Readonly<Record<ImportFormat, (text: string) => ImportItem[]>> = {
  env: readEnvKeys,
  csv: readCsvKeys,
  kong: readKongKeys,
  unkey: readUnkeyKeys,
  litellm: readLiteLlmKeys,
};
/** Shorter texts show too much of themselves in four characters. */
const SHOWABLE_LENGTH = 16;

type ImportCall = AdminCall<z.output<typeof importRequest>>;

/** A key of the text with what would become of it. */
interface Planned {
  row: ImportRow;
  key: NewKey | null;
  disabled: boolean;
}

/**
 * Takes over keys of another gateway. Each is a change of its own: an import that breaks off may be
 * sent again, and finds what it made before as `exists`.
 */
export async function importKeys(parts: AdminParts, call: ImportCall): Promise<AdminAnswer> {
  const { dryRun } = call.body;
  const store = await requireStore(parts);
  const planned = await plan(parts, call.body);
  if (!dryRun) {
    for (const each of planned) await create(store, each, call);
    await parts.afterChange();
  }
  const { epoch } = await store.list({ limit: 1 });
  const answer = { status: 200, body: summary(planned, { dryRun, epoch }) };
  if (!dryRun) {
    await (await requireDatabase(parts)).transaction((client) => call.remember(client, answer));
  }
  return answer;
}

async function plan(parts: AdminParts, request: ImportCall['body']): Promise<Planned[]> {
  const items = read(request);
  const { query } = await requireDatabase(parts);
  const known = await findDigests(
    query,
    items.flatMap((item) => digestsOf(parts, item)),
  );
  const seen = new Set<string>();
  return items.map((item): Planned => {
    if (!item.ok) return { row: invalidRow(item.item), key: null, disabled: false };
    const digests = digestsOf(parts, item);
    const [own = ''] = digests;
    const exists = digests.map((digest) => known.get(digest)).find((id) => id !== undefined);
    const again = seen.has(own) ? 'duplicate' : 'create';
    const action = exists === undefined ? again : 'exists';
    seen.add(own);
    const row = toRow(item.key, { action, id: exists ?? null });
    const key = action === 'create' ? toNewKey(parts, item.key, request.environment) : null;
    return { row, key, disabled: item.key.disabled };
  });
}

function read({ format, text }: ImportCall['body']): ImportItem[] {
  try {
    return READERS[format](text);
  } catch (error) {
    if (!(error instanceof ImportFormatError)) throw error;
    throw new AdminError('invalid_request', `text: ${error.message}`);
  }
}

/** Every digest that the store may know this secret by, in hex; the one that it would get first. */
function digestsOf({ hasher }: AdminParts, item: ImportItem): string[] {
  if (!item.ok) return [];
  const { secret } = item.key;
  if (secret.kind === 'sha256') return [secret.digest.toString('hex')];
  const plain = createHash('sha256').update(secret.text).digest('hex');
  return [plain, ...hasher(secret.text).map(({ digest }) => digest.toString('hex'))];
}

function toNewKey(parts: AdminParts, found: ImportedKey, environment: string): NewKey {
  const { name, expiresAt, rateLimitPerMinute, identity, tags } = found;
  const ours = found.secret.kind === 'plain' ? parseKey(found.secret.text) : null;
  const { id, prefix } = ours ?? { id: mintKey(environment).id, prefix: '' };
  return {
    ...{ id, prefix, name, expiresAt, rateLimitPerMinute, identity, tags },
    environment: ours?.environment ?? environment,
    secret: toSecret(parts, found, ours),
    // A key of our grammar is found by its id, every other one by its digest.
    legacy: ours === null,
    weak: isWeak(found),
  };
}

function toSecret(
  { hasher }: AdminParts,
  { secret }: ImportedKey,
  ours: KeyParts | null,
): StoredSecret {
  if (secret.kind === 'sha256') {
    const { digest } = secret;
    return { digest, pepperVersion: 0, last4: '????', notAfter: null, algorithm: 'sha256' };
  }
  const { text } = secret;
  const shown = ours?.last4 ?? (text.length >= SHOWABLE_LENGTH ? text.slice(-4) : '????');
  return { ...hasher(text)[0], last4: shown, notAfter: null };
}

async function create(store: KeyRepository, planned: Planned, call: ImportCall): Promise<void> {
  const { key, row } = planned;
  if (key === null) return;
  const context = { origin: call.origin(call.body.reason) };
  try {
    await store.create(key, context);
    if (planned.disabled) await store.disable(key.id, context);
    row.id = key.id;
  } catch (error) {
    if (!(error instanceof KeyRepositoryError) || error.code === 'keystore_unavailable')
      throw error;
    row.action = 'exists';
    row.note = 'Somebody else made it meanwhile';
  }
}

/** Nothing is known of how a hashed secret was made: no reason to call it weak. */
function isWeak({ secret }: ImportedKey): boolean {
  return secret.kind === 'plain' && estimateBits(secret.text) < WEAK_BELOW_BITS;
}

function toRow(
  found: ImportedKey,
  { action, id }: { action: ImportRow['action']; id: string | null },
): ImportRow {
  const { position, name, secret, expiresAt, rateLimitPerMinute, note } = found;
  return {
    ...{ position, name, action, id, rateLimitPerMinute, note },
    secret: secret.kind,
    bits: secret.kind === 'plain' ? estimateBits(secret.text) : null,
    weak: isWeak(found),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

function invalidRow({
  position,
  name,
  reason,
}: {
  position: number;
  name: string;
  reason: string;
}): ImportRow {
  return {
    ...{ position, name, action: 'invalid', id: null, note: reason },
    ...{ secret: 'plain', bits: null, weak: false, expiresAt: null, rateLimitPerMinute: null },
  };
}

function summary(
  planned: readonly Planned[],
  { dryRun, epoch }: { dryRun: boolean; epoch: number },
): ImportAnswer {
  const rows = planned.map(({ row }) => row);
  const count = (action: ImportRow['action']): number =>
    rows.filter((row) => row.action === action).length;
  return {
    ...{ dryRun, rows, epoch },
    created: dryRun ? 0 : count('create'),
    weak: rows.filter(({ weak }) => weak).length,
    duplicates: count('duplicate') + count('exists'),
    invalid: count('invalid'),
  };
}
