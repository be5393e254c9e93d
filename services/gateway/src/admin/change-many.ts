import type { BulkAnswer, bulkRequest } from '@omni/contracts/gateway-admin/bulk.ts';
import type { z } from 'zod';
import type { ChangeContext, ChangedKey } from '../keys/key-change.ts';
import type { KeyRepository } from '../keys/key-repository.ts';
import { KeyRepositoryError } from '../keys/key-repository.ts';
import type { AdminParts } from './admin-parts.ts';
import { repositoryOf, requireDatabase, requireStore } from './admin-parts.ts';
import { mayAct } from './credentials/caller.ts';
import { AdminError } from './http/admin-error.ts';
import type { AdminAnswer, AdminCall } from './http/admin-route.ts';

type BulkCall = AdminCall<z.output<typeof bulkRequest>>;
type Apply = (store: KeyRepository, id: string, context: ChangeContext) => Promise<ChangedKey>;

const ACTIONS: Readonly<Record<z.output<typeof bulkRequest>['action'], Apply>> = {
  revoke: (store, id, context) => store.revoke(id, context.origin.reason, context),
  disable: (store, id, context) => store.disable(id, context),
  enable: (store, id, context) => store.enable(id, context),
  delete: (store, id, context) => store.remove(id, context),
};

/**
 * One change per key, each with its own entry in the audit log. An instance that dies in the middle
 * leaves the rest undone; the same request again finishes it, because every action may be repeated.
 */
export async function changeMany(parts: AdminParts, call: BulkCall): Promise<AdminAnswer> {
  const { action, confirmCount, reason } = call.body;
  const ids = new Set(call.body.ids);
  if (ids.size !== confirmCount) {
    throw new AdminError('confirmation_mismatch', `There are ${ids.size} keys`);
  }
  if (action === 'delete' && !mayAct(call.caller, 'admin')) {
    throw new AdminError('role_denied', 'This needs the role admin');
  }
  // A store that is away is an answer for all of them, not for each.
  await requireStore(parts);
  const context = { origin: call.origin(reason) };
  const results: BulkAnswer['results'] = [];
  let epoch = 0;
  for (const id of ids) {
    const changed = await changeOne(parts, { id, apply: ACTIONS[action] }, context);
    epoch = Math.max(epoch, typeof changed === 'string' ? 0 : changed.epoch);
    results.push({ id, outcome: typeof changed === 'string' ? changed : 'done' });
  }
  await parts.afterChange();
  const done = results.filter(({ outcome }) => outcome === 'done').length;
  const answer = { status: 200, body: { results, done, failed: results.length - done, epoch } };
  await (await requireDatabase(parts)).transaction((client) => call.remember(client, answer));
  return answer;
}

/** The changed key, or the code of what it met. */
async function changeOne(
  parts: AdminParts,
  { id, apply }: { id: string; apply: Apply },
  context: ChangeContext,
): Promise<ChangedKey | string> {
  try {
    return await apply(await repositoryOf(parts, id), id, context);
  } catch (error) {
    if (!(error instanceof KeyRepositoryError)) throw error;
    return error.code;
  }
}
