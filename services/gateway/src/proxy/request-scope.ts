import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorType } from './refusal.ts';

/** What the gateway knows about one request while it lives. */
export interface RequestScope {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** `performance.now()` when the request's head was read. */
  readonly startedAt: number;
  /** Label, see `methodLabel`. */
  readonly method: string;
  readonly path: string;
  readonly clientAddress: string;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Bounded label. */
  route: string;
  /** Flat pairs that every answer to this request carries. */
  headers: string[];
  keyId: string | undefined;
  errorType: ErrorType | undefined;
  /** Why the key was refused: for the log, never for the client. */
  reason: string | undefined;
  /** Time spent waiting for the upstream. */
  upstreamMs: number;
  bytesSent: number;
  /** Called when the connection closes before the answer was complete. */
  onClientGone: (() => void) | undefined;
}
