import type { RemoteOutcome } from '../../ports/deployment-provider.ts';

/** A change that the memory platform works on until `dueAt` of its clock. */
export interface MemoryOperation {
  readonly name: string;
  readonly service: string;
  readonly dueAt: number;
  /** Carries the change out; called once, when it is due. */
  readonly finish: () => RemoteOutcome;
}

/** The operations of the memory platform, each carried out when its time has come. */
export class MemoryOperations {
  readonly #running: MemoryOperation[] = [];
  readonly #outcomes = new Map<string, RemoteOutcome>();
  #count = 0;

  start(operation: Omit<MemoryOperation, 'name'>): string {
    this.#count += 1;
    const name = `operations/memory-${String(this.#count)}`;
    this.#running.push({ ...operation, name });
    return name;
  }

  /** Carries out what is due, in the order of the due times. */
  settle(now: number): void {
    const due = this.#running.filter((operation) => operation.dueAt <= now);
    for (const operation of due.sort((a, b) => a.dueAt - b.dueAt)) {
      this.#running.splice(this.#running.indexOf(operation), 1);
      this.#outcomes.set(operation.name, operation.finish());
    }
  }

  isBusy(service: string): boolean {
    return this.#running.some((operation) => operation.service === service);
  }

  /** `undefined` for a name that was never started, null while it runs. */
  outcome(name: string): RemoteOutcome | null | undefined {
    const running = this.#running.some((operation) => operation.name === name);
    return running ? null : this.#outcomes.get(name);
  }

  /** As if the platform had dropped its old operations. */
  forgetAll(): void {
    this.#outcomes.clear();
    this.#running.length = 0;
  }
}
