import { randomBytes } from 'node:crypto';

const NOT_SAMPLED = '-00';
const LENGTH = 55;
/** Last digit of the flags when the lowest bit is set. */
const ODD = /[13579bdf]$/;
const CLOUD_TRACE = /^([0-9a-f]{32})\/(\d{1,20})(?:;o=(\d))?$/i;
const ALL_ZERO = /^0+$/;
const MAX_SPAN_ID = 2n ** 64n - 1n;

/** The headers that carry a trace context. */
export interface TraceHeaders {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly 'x-cloud-trace-context'?: string | undefined;
}

/**
 * The request's trace context as a version 00 traceparent: the client's when it is well formed, else
 * what Google's front ends say in X-Cloud-Trace-Context, else a new and unsampled one.
 */
export function traceparentFrom(headers: TraceHeaders): string {
  return givenTraceparent(headers) ?? newTraceparent();
}

/** The caller's trace context, if it gave a valid one. */
export function givenTraceparent(headers: TraceHeaders): string | undefined {
  const { traceparent } = headers;
  if (traceparent !== undefined && isTraceparent(traceparent)) {
    return traceparent.length === LENGTH && traceparent.startsWith('00')
      ? traceparent
      : `00${traceparent.slice(2, LENGTH)}`;
  }
  const cloud = headers['x-cloud-trace-context'];
  return cloud === undefined ? undefined : fromCloudTrace(cloud);
}

/** The client's tracestate; without its traceparent it would belong to another trace. */
export function tracestateOf(scope: {
  readonly head: TraceHeaders;
  readonly traceparent: string;
}): string | undefined {
  const { tracestate, traceparent } = scope.head;
  if (tracestate === undefined || traceparent === undefined) return undefined;
  return traceIdOf(traceparent) === traceIdOf(scope.traceparent) ? tracestate : undefined;
}

/** 32 hexadecimal digits of a valid traceparent. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/** The span that a valid traceparent names. */
export function spanIdOf(traceparent: string): string {
  return traceparent.slice(36, 52);
}

/** Whether the caller records this trace. */
export function isSampled(traceparent: string): boolean {
  return ODD.test(traceparent);
}

function isTraceparent(text: string): boolean {
  return (
    hasKnownVersion(text) &&
    text[35] === '-' &&
    text[52] === '-' &&
    hexBits(text, 3, 35) > 0 &&
    hexBits(text, 36, 52) > 0 &&
    hexBits(text, 53, 55) >= 0
  );
}

/** W3C: version ff never, 00 exactly 55 characters, later ones may go on after a dash. */
function hasKnownVersion(text: string): boolean {
  if (text[2] !== '-' || hexBits(text, 0, 2) < 0 || text.startsWith('ff')) return false;
  return text.length === LENGTH || (text[LENGTH] === '-' && !text.startsWith('00'));
}

/** All digits ored, so 0 for an id of zeros; -1 when one is no lower-case hexadecimal digit. */
function hexBits(text: string, from: number, to: number): number {
  let bits = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) bits |= code - 0x30;
    else if (code >= 0x61 && code <= 0x66) bits |= code - 0x57;
    else return -1;
  }
  return bits;
}

function fromCloudTrace(header: string): string | undefined {
  const [, traceId, span, options] = CLOUD_TRACE.exec(header) ?? [];
  if (traceId === undefined || span === undefined || ALL_ZERO.test(traceId)) return undefined;
  const spanId = BigInt(span);
  if (spanId === 0n || spanId > MAX_SPAN_ID) return undefined;
  const flags = options === '1' ? '01' : '00';
  return `00-${traceId.toLowerCase()}-${spanId.toString(16).padStart(16, '0')}-${flags}`;
}

/** So many contexts are drawn at once: one call for all their random bytes. */
const STOCK = 256;
const ID_DIGITS = 48;
/** Ready contexts one after the other, so that taking one is a slice. */
let stock = '';
let stockAt = 0;

/** A new, unsampled context. */
export function newTraceparent(): string {
  if (stockAt === stock.length) {
    const ids = randomBytes((STOCK * ID_DIGITS) / 2).toString('hex');
    const parts: string[] = [];
    for (let at = 0; at < ids.length; at += ID_DIGITS) {
      const spanAt = at + 32;
      parts.push('00-', ids.slice(at, spanAt), '-', ids.slice(spanAt, at + ID_DIGITS), NOT_SAMPLED);
    }
    // One flat string, of which slices are cheap.
    stock = parts.join('');
    stockAt = 0;
  }
  return stock.slice(stockAt, (stockAt += LENGTH));
}

/** A new span id. */
export function newSpanId(): string {
  return spanIdOf(newTraceparent());
}
