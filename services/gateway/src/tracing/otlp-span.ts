/** A span as OTLP/JSON has it (opentelemetry-proto, trace/v1). */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code?: number };
}

export interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

export const SERVER_KIND = 2;
export const CLIENT_KIND = 3;
export const STATUS_ERROR = 2;

/** Attributes of those values that are there. */
export function attributes(
  values: Readonly<Record<string, string | number | undefined>>,
): OtlpAttribute[] {
  const list: OtlpAttribute[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string') list.push({ key, value: { stringValue: value } });
    else if (value !== undefined) list.push({ key, value: { intValue: String(value) } });
  }
  return list;
}

/** The body of an export request. */
export function exportRequest(
  resource: Readonly<Record<string, string>>,
  spans: readonly OtlpSpan[],
): string {
  const scope = { name: 'omni-gateway' };
  return JSON.stringify({
    resourceSpans: [
      { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope, spans }] },
    ],
  });
}
