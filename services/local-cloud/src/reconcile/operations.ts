import { randomUUID } from 'node:crypto';
import { ApiError, GRPC } from '../model/api-error.ts';
import type { OperationError, OperationRecord } from '../model/resources.ts';
import type { StateStore } from '../state/state-store.ts';
import { RevisionFailure } from '../supervisor/instance-environment.ts';

const KEEP_MS = 24 * 3600 * 1000;
const KEEP_AT_LEAST_MS = 3600 * 1000;
const KEEP_COUNT = 500;

type NewOperation = Pick<OperationRecord, 'kind' | 'service' | 'revision' | 'generation'>;
type Result = Readonly<Record<string, unknown>>;

/** Long-running operations: stored before they start, kept for a day, awaited by WaitOperation. */
export class Operations {
  readonly #store: StateStore;
  readonly #waiters = new Map<string, Set<() => void>>();

  constructor(store: StateStore) {
    this.#store = store;
  }

  begin(operation: NewOperation): OperationRecord {
    const record: OperationRecord = {
      ...operation,
      id: randomUUID(),
      createdAt: Date.now(),
      finishedAt: null,
      error: null,
      result: null,
    };
    this.#store.put('operations', record.id, record);
    this.#forgetOld();
    return record;
  }

  get(id: string): OperationRecord | undefined {
    return this.#store.get('operations', id);
  }

  /** Newest first. */
  list(): OperationRecord[] {
    return this.#store.list('operations').reverse();
  }

  /** Newest first, of all services. */
  unfinished(): OperationRecord[] {
    return this.list().filter(({ finishedAt }) => finishedAt === null);
  }

  /** What changes a service or its revisions and has not ended; a build of its image does neither. */
  rollouts(service: string): OperationRecord[] {
    return this.unfinished().filter(
      (record) => record.service === service && record.kind !== 'build',
    );
  }

  succeed(id: string, result: Result): void {
    this.#finish(id, { error: null, result });
  }

  fail(id: string, error: unknown, result: Result | null = null): void {
    this.#finish(id, { error: toOperationError(error), result });
  }

  remove(id: string): void {
    this.#store.remove('operations', id);
  }

  /** Resolves when the operation is done or the time is over. */
  async wait(id: string, timeoutMs: number): Promise<void> {
    if (this.get(id)?.finishedAt !== null) return;
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      waiters.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #finish(id: string, outcome: Pick<OperationRecord, 'error' | 'result'>): void {
    const record = this.get(id);
    if (record === undefined || record.finishedAt !== null) return;
    this.#store.put('operations', id, { ...record, ...outcome, finishedAt: Date.now() });
    for (const wake of this.#waiters.get(id) ?? []) wake();
    this.#waiters.delete(id);
  }

  #forgetOld(): void {
    const now = Date.now();
    const finished = this.list().filter(({ finishedAt }) => finishedAt !== null);
    finished.forEach(({ id, finishedAt }, index) => {
      const age = now - (finishedAt ?? now);
      if (age > KEEP_MS || (index >= KEEP_COUNT && age > KEEP_AT_LEAST_MS)) this.remove(id);
    });
  }
}

const REVISION_CODES: Readonly<Record<string, number>> = {
  CONTAINER_MISSING: GRPC.notFound,
  POSTPONED_RETRY: GRPC.resourceExhausted,
};

/** Anything thrown while an operation ran, as the operation shows it. */
export function toOperationError(error: unknown): OperationError {
  if (error instanceof ApiError) {
    const { code, message, reason } = error;
    return { code, message, reason };
  }
  if (error instanceof RevisionFailure) {
    const { failure } = error;
    const reason = failure.reason ?? failure.revisionReason ?? 'INTERNAL';
    return {
      code: REVISION_CODES[reason] ?? GRPC.failedPrecondition,
      message: failure.message,
      reason,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: GRPC.internal, message, reason: 'INTERNAL' };
}
