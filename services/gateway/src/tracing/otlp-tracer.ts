import type { RequestScope } from '../proxy/request-scope.ts';
import {
  givenTraceparent,
  isSampled,
  newSpanId,
  newTraceparent,
  spanIdOf,
  traceIdOf,
} from './trace-context.ts';
import { SpanQueue } from './span-queue.ts';
import type { SpanQueueOptions } from './span-queue.ts';
import { requestSpans } from './request-spans.ts';
import type { SpanWording } from './request-spans.ts';
import type { RequestSpan, Tracer } from './tracer.ts';

export interface OtlpTracerOptions extends SpanQueueOptions, SpanWording {
  /** Part of the traces that begin here and are recorded, 0 to 1; callers decide about theirs. */
  ratio: number;
}

/** A tracer that sends its spans to an OTLP receiver over HTTP, in JSON. */
export function createOtlpTracer(options: OtlpTracerOptions): Tracer {
  const queue = new SpanQueue(options);
  return {
    begin(headers) {
      const given = givenTraceparent(headers);
      if (given === undefined) {
        if (Math.random() >= options.ratio) return undefined;
        return newSpan(traceIdOf(newTraceparent()), undefined);
      }
      return isSampled(given) ? newSpan(traceIdOf(given), spanIdOf(given)) : undefined;
    },
    end(scope: RequestScope, span: RequestSpan, status: number) {
      const spans = requestSpans({ scope, span, status }, options);
      for (const each of spans) queue.push(each);
    },
    close: () => queue.close(),
  };
}

function newSpan(traceId: string, parentId: string | undefined): RequestSpan {
  return { id: newSpanId(), parentId, traceparent: `00-${traceId}-${newSpanId()}-01` };
}
