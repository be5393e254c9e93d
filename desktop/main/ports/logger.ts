/** Fields of a log line. The adapter redacts whatever looks like a credential. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** The cause's stack goes to the log only, never across the contract. */
  error(message: string, cause?: unknown, fields?: LogFields): void;
}
