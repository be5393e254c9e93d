import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../child.ts';
import { startChild } from '../child.ts';

/**
 * What is measured runs on processor 1; the upstream and the load on processor 0, which has the rest
 * of the machine to serve, too: in a quiet minute a loop that only looks at the clock missed 9 to 17 ms
 * a second there, and 5 to 6 on the other.
 */
export const UNDER_TEST = 1;
export const AROUND = 0;

/** Everything that one run of the subject started, in the order of starting. */
export class Stage {
  readonly folder: string;
  /** Every candidate's standard output: logs are written, to one file of the same disk for all. */
  readonly #log: FileHandle;
  readonly #children: Child[] = [];

  private constructor(folder: string, log: FileHandle) {
    this.folder = folder;
    this.#log = log;
  }

  static async open(): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'omni-bench-'));
    return new Stage(folder, await open(join(folder, 'output.log'), 'a'));
  }

  start(
    command: readonly string[],
    { cpu, env = {} }: { cpu: number; env?: Readonly<Record<string, string>> },
  ): Child {
    const child = startChild(command, { env, cpu, output: this.#log.fd });
    this.#children.push(child);
    return child;
  }

  /** Ends one of them before the others. */
  async stop(child: Child): Promise<void> {
    this.#children.splice(this.#children.indexOf(child), 1);
    await child.stop();
  }

  /** Empties the log: minutes of load are gigabytes. */
  async forgetOutput(): Promise<void> {
    await this.#log.truncate();
  }

  async close(): Promise<void> {
    for (const child of this.#children.reverse()) await child.stop();
    await this.#log.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
