/** Keeps one refresh token per target, encrypted by the system's keyring or only in memory. */
export interface RefreshTokens {
  /** Where a token that is written now would be kept. */
  keeping(): Promise<'keyring' | 'memory'>;
  read(target: string): Promise<string | null>;
  write(target: string, token: string): Promise<void>;
  remove(target: string): Promise<void>;
}
