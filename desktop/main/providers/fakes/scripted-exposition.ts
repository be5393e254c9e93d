/** What a request of a scripted service was. */
export interface ScriptedRequest {
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly seconds: number;
}

const BOUNDS = [0.005, 0.05, 0.1, 0.25, 0.3, 0.5, 1, 5];
const FAMILY = 'http_server_request_duration_seconds';

interface Counts {
  readonly buckets: number[];
  sum: number;
}

/** The /metrics of one process of a service, as its client library would write it. */
export class ScriptedExposition {
  readonly #requests = new Map<string, Counts>();
  readonly #keys = new Map<string, number>();
  #active = 0;

  observe(request: ScriptedRequest): void {
    const { method = 'GET', route = '/api', status = 200, seconds } = request;
    const labels = `http_request_method="${method}",http_route="${route}",http_response_status_code="${String(status)}"`;
    const counts = this.#requests.get(labels) ?? { buckets: BOUNDS.map(() => 0), sum: 0 };
    this.#requests.set(labels, counts);
    const index = BOUNDS.findIndex((bound) => seconds <= bound);
    const bucket = index < 0 ? BOUNDS.length : index;
    counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
    counts.sum += seconds;
  }

  /** Makes the series of a route known before its first request. */
  announce(route: string): void {
    this.observe({ route, seconds: 0 });
    this.#requests.forEach((counts, labels) => {
      if (labels.includes(`"${route}"`)) counts.buckets.fill(0);
    });
  }

  useKey(keyId: string): void {
    this.#keys.set(keyId, (this.#keys.get(keyId) ?? 0) + 1);
  }

  setActive(count: number): void {
    this.#active = count;
  }

  toString(): string {
    return [
      `# TYPE ${FAMILY} histogram`,
      ...[...this.#requests].flatMap(([labels, counts]) => histogramLines(labels, counts)),
      '# TYPE http_server_active_requests gauge',
      `http_server_active_requests{http_request_method="GET"} ${String(this.#active)}`,
      '# TYPE gateway_key_requests_total counter',
      ...[...this.#keys].map(
        ([id, count]) =>
          `gateway_key_requests_total{key_id="${id}",code_class="2xx"} ${String(count)}`,
      ),
      '',
    ].join('\n');
  }
}

function histogramLines(labels: string, { buckets, sum }: Counts): string[] {
  let total = 0;
  const lines = [...BOUNDS.map(String), '+Inf'].map((bound, index) => {
    total += buckets[index] ?? 0;
    return `${FAMILY}_bucket{${labels},le="${bound}"} ${String(total)}`;
  });
  return [
    ...lines,
    `${FAMILY}_sum{${labels}} ${String(sum)}`,
    `${FAMILY}_count{${labels}} ${String(total)}`,
  ];
}
