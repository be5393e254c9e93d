import type { LogSink } from './log-sink.ts';
import { createLogSink, stdoutBytes } from './log-sink.ts';
import { redact } from './redact.ts';

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL';
export type LogValue = string | number | boolean | null | undefined;

/** Fields every service may log; a service adds its own names in `createLogger`. */
export type CommonLogField =
  | 'bytes'
  | 'client_ip'
  | 'code'
  | 'dur_ms'
  | 'error'
  | 'error_type'
  | 'method'
  | 'next_step'
  | 'reason'
  | 'request_id'
  | 'route'
  | 'signal'
  | 'stack'
  | 'status'
  | 'trace';

const COMMON_FIELDS: readonly CommonLogField[] = [
  'bytes',
  'client_ip',
  'code',
  'dur_ms',
  'error',
  'error_type',
  'method',
  'next_step',
  'reason',
  'request_id',
  'route',
  'signal',
  'stack',
  'status',
  'trace',
];

export type LogFields<Extra extends string = never> = Partial<
  Record<CommonLogField | Extra, LogValue>
>;

export interface Logger<Extra extends string = never> {
  debug(message: string, fields?: LogFields<Extra>): void;
  info(message: string, fields?: LogFields<Extra>): void;
  warn(message: string, fields?: LogFields<Extra>): void;
  error(message: string, fields?: LogFields<Extra>): void;
  /**
   * Writes a finished line of ASCII as it is: whoever made it answers for its fields and for the
   * secrets in it.
   */
  writeLine: (line: string) => void;
  /** Writes what is buffered. Called by itself within 100 ms and when the process exits. */
  flush: () => void;
  /** Lines that were lost because standard output did not take them. */
  dropped: () => number;
}

export interface LoggerOptions<Extra extends string> {
  service: string;
  revision: string;
  /** Names of further fields; a field that is in neither list is dropped. */
  extraFields?: readonly Extra[];
  /** Lines below this severity are dropped. Default INFO. */
  level?: Severity;
  /** Where text goes; default standard output. */
  write?: (text: string) => void;
}

const ORDER: Readonly<Record<Severity, number>> = {
  DEBUG: 0,
  INFO: 1,
  WARNING: 2,
  ERROR: 3,
  CRITICAL: 4,
};

/**
 * JSON lines in the field names of Cloud Logging (`severity`, `message`, `time`). Only allow-listed
 * fields are written, credentials are redacted, and lines are written in batches: one write per
 * 50 ms costs a busy service far less than one per request. While standard output takes nothing,
 * 1 MiB waits; more is dropped and counted.
 */
export function createLogger<Extra extends string = never>(
  options: LoggerOptions<Extra>,
): Logger<Extra> {
  const sink = openSink(options.write);
  const allowed = new Set<string>([...COMMON_FIELDS, ...(options.extraFields ?? [])]);
  const threshold = ORDER[options.level ?? 'INFO'];

  const log = (severity: Severity, message: string, fields?: LogFields<Extra>): void => {
    if (ORDER[severity] < threshold) return;
    const line: Record<string, LogValue> = { severity, time: isoNow(), message };
    for (const name in fields) {
      if (allowed.has(name)) line[name] = fields[name as keyof typeof fields];
    }
    line['service'] = options.service;
    line['revision'] = options.revision;
    sink.push(`${redact(JSON.stringify(line))}\n`);
    if (ORDER[severity] >= ORDER.ERROR) sink.flush();
  };
  return {
    debug: (message, fields) => log('DEBUG', message, fields),
    info: (message, fields) => log('INFO', message, fields),
    warn: (message, fields) => log('WARNING', message, fields),
    error: (message, fields) => log('ERROR', message, fields),
    writeLine: sink.pushAscii,
    flush: sink.flush,
    dropped: sink.dropped,
  };
}

/** What all milliseconds of one second share: formatting a time costs much. */
let secondMs = Number.NaN;
let secondIso = '';

/** Now, as log lines write it: ISO 8601 in UTC, to the millisecond. */
export function isoNow(): string {
  const now = Date.now();
  const ms = now % 1_000;
  if (now - ms !== secondMs) {
    secondMs = now - ms;
    secondIso = new Date(now).toISOString().slice(0, -'000Z'.length);
  }
  return `${secondIso}${String(ms).padStart(3, '0')}Z`;
}

function openSink(write: ((text: string) => void) | undefined): LogSink {
  const sink = createLogSink(
    write === undefined
      ? stdoutBytes()
      : (bytes, from, to) => {
          write(bytes.toString('utf8', from, to));
          return to - from;
        },
  );
  flushAtExit(sink.flushAtEnd);
  return sink;
}

const flushes = new Set<() => void>();

/** One exit listener for all loggers of the process. */
function flushAtExit(flush: () => void): void {
  if (flushes.size === 0) {
    process.once('exit', () => {
      for (const each of flushes) each();
    });
  }
  flushes.add(flush);
}
