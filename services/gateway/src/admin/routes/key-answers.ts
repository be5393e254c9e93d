import { changedKey } from '@omni/contracts/gateway-admin/keys.ts';
import { keyParams } from '@omni/contracts/gateway-admin/keys.ts';
import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import type { HeaderDoc, ResponseDoc } from '@omni/kit/api-docs/route-doc.ts';
import { z } from 'zod';
import type { ChangeContext, ChangedKey } from '../../keys/key-change.ts';
import type { KeyRepository } from '../../keys/key-repository.ts';
import type { AdminParts } from '../admin-parts.ts';
import { repositoryOf } from '../admin-parts.ts';
import type { AdminAnswer, AdminCall } from '../http/admin-route.ts';
import { toKeyRecord } from '../to-key-record.ts';

export const idempotencyHeader: HeaderDoc = {
  name: 'idempotency-key',
  description: 'New for every change; a repetition within 24 hours gets the first answer again',
  schema: z.string().min(16).max(128),
  required: true,
};
export const ifMatchHeader: HeaderDoc = {
  name: 'if-match',
  description: 'ETag of the state that the change was decided on; * for whatever it is now',
  schema: z.string(),
  required: true,
};
export const newHeaders: readonly HeaderDoc[] = [idempotencyHeader];
export const existingHeaders: readonly HeaderDoc[] = [idempotencyHeader, ifMatchHeader];

/** A refusal as the document shows it. */
export function refusal(description: string): ResponseDoc {
  return { description, schema: problem, contentType: PROBLEM_CONTENT_TYPE };
}

export const keyRefusals: Readonly<Record<number, ResponseDoc>> = {
  400: refusal('The request is wrong (`invalid_request`, `idempotency_key_required`)'),
  404: refusal('No such key (`key_not_found`)'),
  409: refusal('Not in this state, or a key of API_KEYS (`key_state_conflict`, `key_read_only`)'),
  412: refusal('Somebody else changed it meanwhile (`version_mismatch`)'),
  428: refusal('If-Match is missing (`precondition_required`)'),
  503: refusal('The key store is not available (`keystore_unavailable`)'),
};

export const changedKeyDoc: ResponseDoc = {
  description: 'The key as it is now, and the epoch that instances must reach to enforce it',
  schema: changedKey,
};

/** Parameters of every path that names a key. */
export { keyParams };

/** `v3`: what If-Match takes. */
export function etagOf(key: { version: number }): string {
  return `v${key.version}`;
}

export function changedAnswer({ key, epoch }: ChangedKey): AdminAnswer {
  return { status: 200, body: { key: toKeyRecord(key), epoch }, etag: etagOf(key) };
}

/** Runs a change of the key that the path names, and waits until this instance enforces it. */
export async function changeKey(
  parts: AdminParts,
  call: AdminCall<{ reason: string }>,
  apply: (store: KeyRepository, id: string, context: ChangeContext) => Promise<ChangedKey>,
): Promise<AdminAnswer> {
  const { id = '' } = call.params;
  const store = await repositoryOf(parts, id);
  const context = call.change(call.body.reason, changedAnswer);
  const changed = await apply(store, id, context);
  await parts.afterChange();
  return changedAnswer(changed);
}
