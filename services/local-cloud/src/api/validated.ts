import { randomUUID } from 'node:crypto';
import type { OperationRecord } from '../model/resources.ts';
import type { ApiParts } from './api-parts.ts';
import { toOperationMessage } from './operation-message.ts';

type Outcome = Pick<OperationRecord, 'kind' | 'service' | 'generation' | 'result'>;

/** What a write that only validates answers: a finished operation that is stored nowhere. */
export function validated({ protos, store }: ApiParts, outcome: Outcome): object {
  const now = Date.now();
  const id = `validate-${randomUUID()}`;
  const times = { createdAt: now, finishedAt: now };
  return toOperationMessage(protos, store, { ...outcome, ...times, id, revision: '', error: null });
}
