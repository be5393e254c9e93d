import type { Operation } from '../../shared/domain/operation.ts';
import { queued } from '../usecases/operations/operation-edits.ts';

/** An operation as it is when it has just been asked for. */
export function queuedOperation(id: string): Operation {
  return queued({
    id,
    kind: 'deploy',
    target: 'local',
    service: 'backend',
    title: 'Deploy backend',
    createdAt: 1,
    usualMs: null,
    usualStages: new Map(),
  });
}
