import type { IncomingMessage } from 'node:http';
import type { AcceptedKey } from '../keys/api-key-auth.ts';
import type { KeyLoad } from '../keys/key-load.ts';
import type { ClientHead } from './client-head.ts';
import type { ClientRequest, ClientResponse, StreamedMessage } from './client-message.ts';
import type { Duplex } from 'node:stream';
import type { RouteDecision } from '../routing/route-table.ts';
import type { RoutingSnapshot } from '../routing/snapshot.ts';
import type { RequestSpan } from '../tracing/tracer.ts';
import type { ErrorType } from './refusal.ts';

/** `upstreamStatus` of a request that no upstream was asked for. */
export const NO_UPSTREAM = -1;

/** A client's wish to switch protocols, its socket, and what it sent ahead. */
export interface ClientUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** What the gateway knows about one request while it lives. */
export interface RequestScope {
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  /** What node:http made of it; undefined for a request that came whole. */
  readonly streamed: StreamedMessage | undefined;
  /** The body of a request that came whole. */
  readonly body: Buffer | null;
  readonly head: ClientHead;
  readonly requestId: string;
  /** `performance.now()` when the request's head was read. */
  readonly startedAt: number;
  /** Label, see `methodLabel`. */
  readonly method: string;
  readonly path: string;
  readonly clientAddress: string;
  /** W3C trace context of this request: the client's when it is well formed, else our own. */
  readonly traceparent: string;
  /** The server span, when the request is traced. */
  readonly span: RequestSpan | undefined;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Bounded label. */
  route: string;
  /** The configuration that this request began with; undefined for the gateway's own routes. */
  snapshot: RoutingSnapshot | undefined;
  /** What it says about this request. */
  decision: RouteDecision;
  /** When it asks for a WebSocket. */
  readonly upgrade: ClientUpgrade | undefined;
  /** When the protocol was switched, by the clock of `startedAt`; 0 for never. */
  switchedAt: number;
  /** Flat pairs that every answer to this request carries. */
  headers: string[];
  keyId: string | undefined;
  /** The key that was accepted. */
  key: AcceptedKey | undefined;
  /** Where it counts as under way until it is over. */
  place: KeyLoad | undefined;
  errorType: ErrorType | undefined;
  /** What the gateway itself failed by: for the log and the fault report, never for the client. */
  fault: unknown;
  /** Why the key was refused: for the log, never for the client. */
  reason: string | undefined;
  /** Bounded label of the upstream that was asked last. */
  upstream: string;
  /** Status of its answer, 0 when none came; `NO_UPSTREAM` when none was asked. */
  upstreamStatus: number;
  /** `performance.now()` when the last attempt was sent. */
  upstreamSentAt: number;
  /** Time spent waiting for the upstream, to the last byte. */
  upstreamMs: number;
  bytesSent: number;
  /** The exchange with the upstream; cut off when the client leaves before the answer's end. */
  exchange: { abandon(): void } | undefined;
}
