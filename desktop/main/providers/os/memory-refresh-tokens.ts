import type { RefreshTokens } from '../../ports/refresh-tokens.ts';

/** Refresh tokens of this run: for a host without a keyring. They are gone when the console ends. */
export class MemoryRefreshTokens implements RefreshTokens {
  readonly #tokens = new Map<string, string>();

  keeping(): Promise<'memory'> {
    return Promise.resolve('memory');
  }

  read(target: string): Promise<string | null> {
    return Promise.resolve(this.#tokens.get(target) ?? null);
  }

  write(target: string, token: string): Promise<void> {
    this.#tokens.set(target, token);
    return Promise.resolve();
  }

  remove(target: string): Promise<void> {
    this.#tokens.delete(target);
    return Promise.resolve();
  }
}
