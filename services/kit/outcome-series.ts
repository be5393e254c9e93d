import type { HistogramMetric } from './metric-registry.ts';

const KNOWN_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
/** Every method label; the last one stands for what HTTP does not know. */
export const METHOD_LABELS: readonly string[] = [...KNOWN_METHODS, '_OTHER'];
const OTHER_METHOD = KNOWN_METHODS.length;
const METHOD_INDEX: ReadonlyMap<string, number> = new Map(
  KNOWN_METHODS.map((method, index) => [method, index]),
);

/** Index of a method in `METHOD_LABELS`. */
export function methodIndex(method: string | undefined): number {
  return METHOD_INDEX.get(method ?? '') ?? OTHER_METHOD;
}

/** The method as a bounded label value: `_OTHER` for what HTTP does not know. */
export function methodLabel(method: string | undefined): string {
  return METHOD_INDEX.has(method ?? '') ? (method ?? '') : '_OTHER';
}

/** What tells outcomes of one owner apart, beside the status. */
export interface Outcome {
  readonly method: string;
  /** From a closed list; its prefix tells the fault domain (`client_`, `gateway_`, `upstream_`). */
  readonly errorType?: string | undefined;
}

const STATUSES = 1_000;
const UNKNOWN = -1;
/** Owners are configured, so this is never reached; it bounds memory should one come from a client. */
const MAX_OWNERS = 200;

type ByMethod = (Int16Array | undefined)[];

interface OwnerTables {
  readonly plain: ByMethod;
  readonly byError: Map<string, ByMethod>;
}

export type OutcomeLabels =
  'http_request_method' | 'http_response_status_code' | 'error_type' | 'http_route' | 'upstream';

/**
 * Handles of a histogram by owner (a route, an upstream), method, status and error: each is made
 * once, later requests find it in small arrays without building a key.
 */
export class OutcomeSeries {
  readonly #histogram: HistogramMetric<OutcomeLabels>;
  readonly #ownerLabel: 'http_route' | 'upstream';
  readonly #owners = new Map<string, OwnerTables>();

  constructor(histogram: HistogramMetric<OutcomeLabels>, ownerLabel: 'http_route' | 'upstream') {
    this.#histogram = histogram;
    this.#ownerLabel = ownerLabel;
  }

  /** Handle of an outcome; status 0 means that no answer came. */
  handle(owner: string, outcome: Outcome, status: number): number {
    const tables = this.#owners.get(owner) ?? this.#addOwner(owner);
    const { errorType } = outcome;
    const byMethod = errorType === undefined ? tables.plain : errorTable(tables, errorType);
    const method = methodIndex(outcome.method);
    const handles = (byMethod[method] ??= new Int16Array(STATUSES).fill(UNKNOWN));
    const handle = handles[status] ?? UNKNOWN;
    if (handle !== UNKNOWN) return handle;
    const made = this.#histogram.handle({
      [this.#ownerLabel]: owner,
      http_request_method: METHOD_LABELS[method] ?? '',
      http_response_status_code: status === 0 ? '' : String(status),
      error_type: errorType ?? '',
    });
    handles[status] = made;
    return made;
  }

  #addOwner(owner: string): OwnerTables {
    const tables: OwnerTables = { plain: [], byError: new Map() };
    if (this.#owners.size < MAX_OWNERS) this.#owners.set(owner, tables);
    return tables;
  }
}

function errorTable({ byError }: OwnerTables, errorType: string): ByMethod {
  let table = byError.get(errorType);
  if (table === undefined) {
    table = [];
    byError.set(errorType, table);
  }
  return table;
}
