import type { RequestScope } from '../proxy/request-scope.ts';
import type { TraceHeaders } from './trace-context.ts';

/** The gateway's server span of a sampled request. */
export interface RequestSpan {
  readonly id: string;
  /** The caller's span; undefined when the trace begins here. */
  readonly parentId: string | undefined;
  /** Names the client span: the upstream's parent. */
  readonly traceparent: string;
}

/** Records traces. Without one, trace contexts only pass through. */
export interface Tracer {
  /** Undefined when the request is not sampled. */
  begin(headers: TraceHeaders): RequestSpan | undefined;
  /** The request is over; its scope has what the spans say. */
  end(scope: RequestScope, span: RequestSpan, status: number): void;
  /** Sends what waits, for a second at most. */
  close(): Promise<void>;
}
