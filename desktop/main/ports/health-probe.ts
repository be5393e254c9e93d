import type { BackendHealth, GatewayHealth } from '@omni/contracts/health.ts';

/** One HTTP answer as the console needs it; `status` is null when there was none. */
export interface ProbeAnswer {
  readonly status: number | null;
  readonly elapsedMs: number;
  /** Value of the revision header, null when it is absent. */
  readonly revision: string | null;
  /** At most 2,000 characters. */
  readonly body: string;
  /** Why there was no answer, for an operator. */
  readonly error: string | null;
}

/** A health answer with what it cost; `health` is null when there was none or it made no sense. */
export interface HealthAnswer<T> {
  readonly health: T | null;
  readonly elapsedMs: number;
  readonly error: string | null;
}

export interface ProbeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

/** Asks services over HTTP. Never throws for what a service does: that is the answer. */
export interface HealthProbe {
  /** `url` is the service's public address, without a path. */
  gateway(url: string): Promise<HealthAnswer<GatewayHealth>>;
  backend(url: string): Promise<HealthAnswer<BackendHealth>>;
  request(request: ProbeRequest): Promise<ProbeAnswer>;
}
