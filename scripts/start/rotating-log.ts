import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const maxBytes = 5 * 1024 * 1024;
const files = 5;

/** A log of at most five files of 5 MB, readable by its owner only. */
export class RotatingLog {
  readonly #file: string;
  readonly #maxBytes: number;
  #descriptor: number;
  #size: number;

  constructor(file: string, limit: number = maxBytes) {
    this.#file = file;
    this.#maxBytes = limit;
    this.#descriptor = openSync(file, 'a', 0o600);
    this.#size = fstatSync(this.#descriptor).size;
  }

  /** Written at once: what explains a crash must be on disk before the process is gone. */
  write(chunk: string | Buffer): void {
    const bytes = Buffer.from(chunk);
    if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) this.#rotate();
    writeSync(this.#descriptor, bytes);
    this.#size += bytes.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** log -> log.1 -> ... -> log.4, which is overwritten. */
  #rotate(): void {
    closeSync(this.#descriptor);
    for (let number = files - 1; number > 0; number -= 1) {
      renameIfThere(
        number === 1 ? this.#file : `${this.#file}.${number - 1}`,
        `${this.#file}.${number}`,
      );
    }
    this.#descriptor = openSync(this.#file, 'a', 0o600);
    this.#size = 0;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
