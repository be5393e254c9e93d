/** Node's and undici's error codes -> what an operator understands. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was closed before there was an answer',
  EPIPE: 'the connection was closed before there was an answer',
  UND_ERR_SOCKET: 'the connection was closed before there was an answer',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host can’t be reached',
  ENETUNREACH: 'the network can’t be reached',
  UND_ERR_CONNECT_TIMEOUT: 'timed out: the host does not accept the connection',
  UND_ERR_HEADERS_TIMEOUT: 'timed out: no answer',
  UND_ERR_BODY_TIMEOUT: 'timed out in the middle of the answer',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the answer is larger than anything expected there',
};

/**
 * Why a request got no answer, for an operator.
 *
 * @param timeoutMs the deadline that the request had
 */
export function httpReason(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `timed out: no answer within ${seconds(timeoutMs)}`;
  }
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : null);
  if (code !== null && code in REASONS) return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${String(ms / 1000)} s` : `${String(ms)} ms`;
}
