import type { CanaryCommand } from '../../../shared/domain/canary.ts';

/** Where a running canary finds what humans asked of it meanwhile. */
export class CanaryBox {
  #commands: CanaryCommand[] = [];
  #bell = new AbortController();

  /** Aborted when a command lies here: ends a wait early. */
  get bell(): AbortSignal {
    return this.#bell.signal;
  }

  post(command: CanaryCommand): void {
    this.#commands.push(command);
    this.#bell.abort();
  }

  /** Everything that was asked since the last time, oldest first. */
  take(): readonly CanaryCommand[] {
    const taken = this.#commands;
    this.#commands = [];
    if (taken.length > 0) this.#bell = new AbortController();
    return taken;
  }
}

/** The boxes of the canaries that run now, by operation. */
export class CanaryDesk {
  readonly #boxes = new Map<string, CanaryBox>();

  open(operationId: string): CanaryBox {
    const box = this.#boxes.get(operationId) ?? new CanaryBox();
    this.#boxes.set(operationId, box);
    return box;
  }

  close(operationId: string): void {
    this.#boxes.delete(operationId);
  }

  /** False when no such canary runs. */
  post(operationId: string, command: CanaryCommand): boolean {
    const box = this.#boxes.get(operationId);
    box?.post(command);
    return box !== undefined;
  }
}
