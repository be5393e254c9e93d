const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const DEAD_SOCKET = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export interface FailedAttempt {
  method: string;
  hasBody: boolean;
  attempt: number;
  responseStarted: boolean;
  errorCode: string | undefined;
}

/**
 * Whether a failed attempt may be repeated: once, when the kept-alive connection had died before a
 * byte of the answer came, and repeating can't do anything twice. Never on a status.
 */
export function mayRetry(failed: FailedAttempt): boolean {
  return (
    failed.attempt === 1 &&
    !failed.responseStarted &&
    !failed.hasBody &&
    IDEMPOTENT.has(failed.method) &&
    DEAD_SOCKET.has(failed.errorCode ?? '')
  );
}
