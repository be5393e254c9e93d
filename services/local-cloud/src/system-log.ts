type Level = 'info' | 'warn' | 'error';

type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Where local-cloud says what it does: one JSON object per line. Never a secret. */
export interface SystemLog {
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}

/** A log that writes JSON lines with `write`; the process passes stdout. */
export function createSystemLog(write: (line: string) => void): SystemLog {
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void => {
      const time = new Date().toISOString();
      write(`${JSON.stringify({ level, time, name: 'local-cloud', msg: message, ...fields })}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
