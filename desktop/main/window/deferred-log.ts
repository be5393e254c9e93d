import type { Logger } from '../ports/logger.ts';

/**
 * A log for what happens before the log is there. The window comes first; whatever it has to say
 * waits. When the log never comes, the console is ending anyway and says why itself.
 */
export function deferredLog(log: Promise<Logger>): Logger {
  const later = (say: (log: Logger) => void): void => {
    log.then(say, () => undefined);
  };
  return {
    info: (...line) => later((there) => there.info(...line)),
    warn: (...line) => later((there) => there.warn(...line)),
    error: (...line) => later((there) => there.error(...line)),
  };
}
