import type {
  Operation,
  OperationKind,
  OperationResult,
  OperationState,
} from '../../../shared/domain/operation.ts';
import type { ConsolePorts } from '../../ports/console-ports.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';
import { NO_PROGRESS } from '../../ports/operation-journal.ts';
import type { Topic } from '../topic.ts';
import { ended, isRunning, queued, servicesOf, waitingFor } from './operation-edits.ts';
import { Interrupted } from './interrupted.ts';
import { LetGo } from './let-go.ts';
import { OperationRecord } from './operation-record.ts';
import type { OperationSteps } from './operation-run.ts';
import { recordEnd } from './record-end.ts';
import { usualDuration, usualStages } from './usual-duration.ts';

/** More operations than this don't wait for one service: something is wrong by then. */
const MAX_WAITING = 4;

export interface OperationRequest {
  readonly kind: OperationKind;
  readonly target: string;
  readonly service: string;
  readonly title: string;
  /**
   * What the steps do, as plain data, so that the next process can go on with it (resumable.ts).
   * Never a secret. Without it, what was left is only looked at.
   */
  readonly order?: unknown;
  /** Values that the steps carry and that nothing may repeat: not the log, not an error. */
  readonly secrets?: readonly string[];
  readonly steps: OperationSteps;
}

/**
 * Runs operations, one at a time per service of a target and in the order in which they were asked for. Each is
 * in the journal before its first step, and each has an end, whatever its steps do.
 */
export class OperationRunner {
  readonly #ports: ConsolePorts;
  readonly #topic: Topic<readonly Operation[]>;
  readonly #records = new Map<string, OperationRecord>();
  readonly #tails = new Map<string, Promise<void>>();

  constructor(ports: ConsolePorts, topic: Topic<readonly Operation[]>) {
    this.#ports = ports;
    this.#topic = topic;
  }

  /** Resolves when the operation is written down and queued. Throws OPERATION_QUEUE_FULL. */
  async start(request: OperationRequest): Promise<Operation> {
    const { kind, target, service, title, order = null, secrets = [], steps } = request;
    if (waitingFor(this.#topic.value, request) >= MAX_WAITING) throw queueFull(service);
    const operation = queued({
      id: this.#ports.newId(),
      kind,
      target,
      service,
      title,
      createdAt: this.#ports.clock.now(),
      usualMs: usualDuration(this.#topic.value, request),
      usualStages: usualStages(this.#topic.value, request),
    });
    const record = this.#keep({ operation, order, progress: NO_PROGRESS }, secrets);
    try {
      await record.save();
    } catch (error) {
      this.#finish(record, 'failed', { error: this.#toError(record, error) });
      throw error;
    }
    this.#enqueue(record, steps);
    return record.operation;
  }

  /** Takes over an operation that an earlier process started, in its service's queue. */
  adopt(entry: JournalEntry, steps: OperationSteps): void {
    const { operation } = entry;
    const restarted = operation.startedAt !== null;
    const record = this.#keep({ ...entry, operation: { ...operation, restarted } });
    // The operator's wish outlives the process that heard it.
    if (record.operation.state === 'cancelling') record.abort();
    this.#enqueue(record, steps);
  }

  /** Asks for the end of an operation. Throws OPERATION_NOT_FOUND and, once traffic moves, CONFLICT. */
  async cancel(id: string): Promise<Operation> {
    const record = this.#records.get(id);
    if (record === undefined) throw operationNotFound(id);
    if (!isRunning(record.operation)) return record.operation;
    if (record.committed) throw tooLate(record.operation);
    if (record.operation.state === 'queued') {
      record.abort();
      this.#finish(record, 'cancelled', {});
      await record.save();
      await recordEnd(this.#ports, record.operation);
    } else {
      record.become('cancelling');
      record.abort();
    }
    return record.operation;
  }

  /** Resolves when nothing runs any more: for an orderly shutdown and for tests. */
  async settled(): Promise<void> {
    await Promise.all(this.#tails.values());
  }

  #keep(entry: JournalEntry, secrets: readonly string[] = []): OperationRecord {
    const record = new OperationRecord({ ports: this.#ports, topic: this.#topic, secrets }, entry);
    this.#records.set(record.id, record);
    return record;
  }

  #enqueue(record: OperationRecord, steps: OperationSteps): void {
    const { target } = record.operation;
    const queues = servicesOf(record.operation).map((service) => `${target}/${service}`);
    const before = Promise.all(queues.map((queue) => this.#tails.get(queue) ?? Promise.resolve()));
    // `#execute` never rejects, so that one operation can't break the queue behind it.
    const done = before.then(() => this.#execute(record, steps));
    for (const queue of queues) this.#tails.set(queue, done);
  }

  async #execute(record: OperationRecord, steps: OperationSteps): Promise<void> {
    if (!isRunning(record.operation)) return;
    const startedAt = record.operation.startedAt ?? this.#ports.clock.now();
    record.show({ ...record.operation, state: 'running', startedAt });
    try {
      const result = await steps(record);
      this.#finish(record, 'succeeded', { result });
    } catch (error) {
      this.#fail(record, error);
    }
    await this.#saveEnd(record);
    await recordEnd(this.#ports, record.operation);
  }

  /** A cancelled operation did what it was asked: it has no error. */
  #fail(record: OperationRecord, error: unknown): void {
    const state = this.#stateAfter(record, error);
    if (state === 'cancelled') this.#finish(record, state, {});
    else this.#finish(record, state, { error: this.#toError(record, error) });
  }

  #stateAfter(record: OperationRecord, error: unknown): OperationState {
    if (error instanceof Interrupted) return 'interrupted';
    return record.signal.aborted || error instanceof LetGo ? 'cancelled' : 'failed';
  }

  #finish(
    record: OperationRecord,
    state: OperationState,
    outcome: { error?: Operation['error']; result?: OperationResult },
  ): void {
    record.show(ended(record.operation, { state, at: this.#ports.clock.now(), ...outcome }));
  }

  async #saveEnd(record: OperationRecord): Promise<void> {
    try {
      await record.save();
    } catch (error) {
      // The operation has ended either way; at the next start it is followed to the same end.
      this.#ports.log.error('the end of an operation could not be written down', error, {
        operation: record.id,
      });
    }
  }

  #toError(record: OperationRecord, error: unknown): NonNullable<Operation['error']> {
    if (error instanceof DomainError) {
      return { code: error.code, message: record.hide(error.message), nextStep: error.nextStep };
    }
    const reference = this.#ports.newId();
    this.#ports.log.error('an operation failed unexpectedly', error, { reference });
    return {
      code: 'INTERNAL',
      message: 'The console failed at this operation.',
      nextStep: `Search the console's log for ${reference}.`,
    };
  }
}

export function operationNotFound(id: string): DomainError {
  return new DomainError({
    code: 'OPERATION_NOT_FOUND',
    message: `The console knows no operation ${id}.`,
    nextStep: 'Open Activity to see the operations it knows.',
  });
}

function queueFull(service: string): DomainError {
  return new DomainError({
    code: 'OPERATION_QUEUE_FULL',
    message: `${String(MAX_WAITING)} operations on ${service} are waiting already.`,
    nextStep: 'Wait until one has ended, or cancel one.',
    retryable: true,
  });
}

function tooLate(operation: Operation): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: `${operation.title} has begun to move traffic and can't be cancelled any more.`,
    nextStep: 'Let it end, then roll back.',
  });
}
