import type {
  Operation,
  OperationNotes,
  OperationState,
  StageId,
} from '../../../shared/domain/operation.ts';
import { hideSecrets } from '../../../shared/domain/hide-secrets.ts';
import { mayBecome } from '../../../shared/domain/operation.ts';
import type { ConsolePorts } from '../../ports/console-ports.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { RemoteOperation } from '../../ports/deployment-provider.ts';
import type { JournalEntry, Progress } from '../../ports/operation-journal.ts';
import type { TargetSession } from '../../ports/target-session.ts';
import type { Topic } from '../topic.ts';
import { detailSet, lineLogged, stageEnded, stageSkipped } from './operation-edits.ts';
import { stageStarted, withOperation } from './operation-edits.ts';
import type { OperationRun } from './operation-run.ts';

export interface RecordParts {
  readonly ports: ConsolePorts;
  readonly topic: Topic<readonly Operation[]>;
  /** Values that the order carries and nothing may repeat. */
  readonly secrets: readonly string[];
}

/** One operation while it is the console's business: shown in the topic, written to the journal. */
export class OperationRecord implements OperationRun {
  readonly #ports: ConsolePorts;
  readonly #topic: Topic<readonly Operation[]>;
  readonly #controller = new AbortController();
  readonly session: TargetSession;
  readonly #doneBefore: Set<StageId>;
  readonly #secrets: readonly string[];
  #entry: JournalEntry;
  #isLookingUp = false;

  constructor(parts: RecordParts, entry: JournalEntry) {
    const { ports, topic, secrets } = parts;
    this.#secrets = secrets;
    this.#ports = ports;
    this.#topic = topic;
    this.#entry = entry;
    const done = entry.operation.stages.filter(({ state }) => state === 'done');
    this.#doneBefore = new Set(done.map(({ id }) => id));
    this.session = ports.sessionOf(entry.operation.target);
    this.#publish();
  }

  get target(): string {
    return this.operation.target;
  }

  get operation(): Operation {
    return this.#entry.operation;
  }

  get id(): string {
    return this.operation.id;
  }

  get confirmedAt(): number {
    return this.operation.createdAt;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get progress(): Progress {
    return this.#entry.progress;
  }

  get committed(): boolean {
    return this.operation.committed;
  }

  /** Shows a new picture of the operation; a state may only follow where the domain allows it. */
  show(operation: Operation): void {
    const from = this.operation.state;
    if (from !== operation.state && !mayBecome(from, operation.state)) return;
    this.#entry = { ...this.#entry, operation };
    this.#publish();
  }

  become(state: OperationState): void {
    this.show({ ...this.operation, state });
  }

  /** What a service or a builder says may repeat a secret that it was given. */
  hide(text: string): string {
    return hideSecrets(text, this.#secrets);
  }

  abort(): void {
    this.#controller.abort(cancelled());
  }

  save(): Promise<void> {
    return this.#ports.journal.write(this.#entry);
  }

  async stage<T>(id: StageId, work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    if (this.#doneBefore.delete(id)) return this.#lookUp(work);
    this.show(stageStarted(this.operation, id, this.#now()));
    await this.save();
    try {
      const result = await work();
      this.show(stageEnded(this.operation, id, { state: 'done', at: this.#now() }));
      return result;
    } catch (error) {
      const state = this.signal.aborted ? 'cancelled' : 'failed';
      this.show(stageEnded(this.operation, id, { state, at: this.#now() }));
      throw error;
    }
  }

  /** What a stage that is done already brought: its words stand there, and are no other stage's. */
  async #lookUp<T>(work: () => Promise<T>): Promise<T> {
    this.#isLookingUp = true;
    try {
      return await work();
    } finally {
      this.#isLookingUp = false;
    }
  }

  skip(id: StageId, why: string): void {
    this.show(stageSkipped(this.operation, id, this.hide(why)));
  }

  detail(text: string): void {
    if (this.#isLookingUp) return;
    this.show(detailSet(this.operation, this.hide(text)));
  }

  log(line: string): void {
    this.show(lineLogged(this.operation, this.#now(), this.hide(line)));
  }

  follow(remote: RemoteOperation): Promise<void> {
    return this.remember({ remoteName: remote.name });
  }

  aimAt(revision: string): Promise<void> {
    return this.remember({ revision });
  }

  remember(known: Partial<Progress>): Promise<void> {
    this.#entry = { ...this.#entry, progress: { ...this.progress, ...known } };
    return this.save();
  }

  get notes(): OperationNotes {
    return this.operation;
  }

  mention(notes: Partial<OperationNotes>): void {
    this.show({ ...this.operation, ...notes });
  }

  note(notes: Partial<OperationNotes>): Promise<void> {
    this.mention(notes);
    return this.save();
  }

  commit(): void {
    this.signal.throwIfAborted();
    this.show({ ...this.operation, committed: true });
  }

  #now(): number {
    return this.#ports.clock.now();
  }

  #publish(): void {
    this.#topic.set(withOperation(this.#topic.value, this.operation));
  }
}

function cancelled(): DomainError {
  return new DomainError({
    code: 'CANCELLED',
    message: 'Cancelled before traffic moved; the serving revision was left alone.',
    nextStep: 'Start it again when you want it.',
  });
}
