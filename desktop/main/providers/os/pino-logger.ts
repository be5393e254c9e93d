import { pino } from 'pino';
import type { Logger } from '../../ports/logger.ts';
import { redact } from './redact.ts';
import { RotatingFile } from './rotating-file.ts';

const MAX_BYTES = 5 * 1024 * 1024;
const FILES = 5;

/** JSON lines in `folder`/console.log, without credentials. Errors keep their stacks, here only. */
export function createPinoLogger(folder: string): Logger {
  const file = new RotatingFile({ folder, name: 'console', maxBytes: MAX_BYTES, files: FILES });
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } },
    // The whole line is cleaned, not chosen fields: a secret may stand in any sentence.
    { write: (line: string) => file.write(redact(line)) },
  );
  return {
    info: (message, fields = {}) => log.info(fields, message),
    warn: (message, fields = {}) => log.warn(fields, message),
    error: (message, cause, fields = {}) =>
      log.error({ ...fields, ...causeFields(cause) }, message),
  };
}

function named(label: string): { level: string } {
  return { level: label };
}

function causeFields(cause: unknown): Readonly<Record<string, string>> {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { cause: JSON.stringify(cause) };
  return { cause: cause.stack ?? cause.message };
}
