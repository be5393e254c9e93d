import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface RotatingFileOptions {
  readonly folder: string;
  readonly name: string;
  readonly maxBytes: number;
  /** How many files there are at most, the one that is written included. */
  readonly files: number;
}

/**
 * A log file that moves aside when it is full: `x.log`, `x.1.log` (younger) ... Lines are written at
 * once, so that the last one before a crash is there; a console writes few of them.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #bytes: number;
  #broken = false;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    this.#bytes = existsSync(this.#path(0)) ? statSync(this.#path(0)).size : 0;
  }

  /** Never throws: a full disk must not stop the console, and there is nobody to tell. */
  write(text: string): void {
    try {
      if (this.#bytes + text.length > this.#options.maxBytes) this.#rotate();
      appendFileSync(this.#path(0), text, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(text);
      this.#broken = false;
    } catch (error) {
      if (!this.#broken) process.stderr.write(`the log can't be written: ${String(error)}\n`);
      this.#broken = true;
    }
  }

  #rotate(): void {
    rmSync(this.#path(this.#options.files - 1), { force: true });
    for (let age = this.#options.files - 2; age >= 0; age -= 1) {
      if (existsSync(this.#path(age))) renameSync(this.#path(age), this.#path(age + 1));
    }
    this.#bytes = 0;
  }

  #path(age: number): string {
    const { folder, name } = this.#options;
    return join(folder, age === 0 ? `${name}.log` : `${name}.${String(age)}.log`);
  }
}
