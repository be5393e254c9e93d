import type { OperationNotes, StageId } from '../../../shared/domain/operation.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import type { RemoteOperation } from '../../ports/deployment-provider.ts';
import type { Progress } from '../../ports/operation-journal.ts';
import { NO_PROGRESS } from '../../ports/operation-journal.ts';
import type { TargetSession } from '../../ports/target-session.ts';
import type { OperationRun } from '../operations/operation-run.ts';

/**
 * One service's share of a release. The stages are the release's: both services go through each
 * together. What the platform was asked for is kept in memory only: a release that is interrupted
 * goes back to the pair before, which its own notes name.
 */
export class PartRun implements OperationRun {
  readonly service: StackServiceId;
  readonly #whole: OperationRun;
  progress: Progress = NO_PROGRESS;

  constructor(whole: OperationRun, service: StackServiceId) {
    this.#whole = whole;
    this.service = service;
  }

  get id(): string {
    return this.#whole.id;
  }

  get target(): string {
    return this.#whole.target;
  }

  get session(): TargetSession {
    return this.#whole.session;
  }

  get confirmedAt(): number {
    return this.#whole.confirmedAt;
  }

  get signal(): AbortSignal {
    return this.#whole.signal;
  }

  get notes(): OperationNotes {
    return this.#whole.notes;
  }

  remember(known: Partial<Progress>): Promise<void> {
    this.progress = { ...this.progress, ...known };
    return Promise.resolve();
  }

  async stage<T>(_id: StageId, work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return work();
  }

  skip(): void {
    // The release's stage goes on with the other service.
  }

  detail(text: string): void {
    this.#whole.detail(`${this.service}: ${text}`);
  }

  log(line: string): void {
    this.#whole.log(`${this.service}: ${line}`);
  }

  follow(remote: RemoteOperation): Promise<void> {
    return this.remember({ remoteName: remote.name });
  }

  aimAt(revision: string): Promise<void> {
    return this.remember({ revision });
  }

  note(notes: Partial<OperationNotes>): Promise<void> {
    return this.#whole.note(notes);
  }

  mention(notes: Partial<OperationNotes>): void {
    this.#whole.mention(notes);
  }

  commit(): void {
    this.#whole.commit();
  }
}
