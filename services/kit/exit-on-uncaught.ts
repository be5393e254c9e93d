import type { Logger } from './logger.ts';

const REPORT_MS = 2_000;

export interface ExitOnUncaughtOptions {
  logger: Logger;
  /** Tells somebody outside; the process waits for it, two seconds at most. */
  report?: (error: unknown) => Promise<void>;
  /** Replaced in tests. */
  exit?: (code: number) => void;
}

/**
 * Ends the process on an error that nothing caught, as Node does, but with one JSON line instead of
 * a bare stack on standard error, and after a report. What state such a process is in nobody knows.
 */
export function exitOnUncaught({ logger, report, exit }: ExitOnUncaughtOptions): void {
  const end = exit ?? ((code: number): void => process.exit(code));
  let ending = false;
  // Unhandled rejections come here too: that is Node's default.
  process.on('uncaughtException', (error: unknown) => {
    const known = error instanceof Error;
    logger.error('An error that nothing caught ends the process', {
      code: 'UNCAUGHT_ERROR',
      error: known ? error.message : String(error),
      stack: known ? error.stack : undefined,
      next_step: 'Report the stack; the platform starts the process again.',
    });
    if (ending) return;
    ending = true;
    const tooLate = new Promise((resolve) => setTimeout(resolve, REPORT_MS));
    Promise.race([report?.(error), tooLate]).then(
      () => end(1),
      () => end(1),
    );
  });
}
