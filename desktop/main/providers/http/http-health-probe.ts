import { Agent, request as send } from 'undici';
import type { z } from 'zod';
import { REVISION_HEADER } from '@omni/contracts/headers.ts';
import type { BackendHealth, GatewayHealth } from '@omni/contracts/health.ts';
import { backendHealth, gatewayHealth } from '@omni/contracts/health.ts';
import type {
  HealthAnswer,
  HealthProbe,
  ProbeAnswer,
  ProbeRequest,
} from '../../ports/health-probe.ts';
import { httpReason } from './http-reason.ts';

const HEALTH_TIMEOUT_MS = 2_000;
const MAX_BYTES = 1024 * 1024;
/** What a person reads of a body. */
const SHOWN_CHARACTERS = 2_000;

/** Asks services over HTTP on kept connections. */
export class HttpHealthProbe implements HealthProbe {
  readonly #agent = new Agent({ connections: 8, maxResponseSize: MAX_BYTES });

  /** @param url the service's public address, without a path */
  gateway(url: string): Promise<HealthAnswer<GatewayHealth>> {
    return this.#health(new URL('/health', url).href, gatewayHealth);
  }

  backend(url: string): Promise<HealthAnswer<BackendHealth>> {
    return this.#health(new URL('/api/health', url).href, backendHealth);
  }

  async request(request: ProbeRequest): Promise<ProbeAnswer> {
    const answer = await this.#ask(request);
    return { ...answer, body: answer.body.slice(0, SHOWN_CHARACTERS) };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #health<T>(url: string, shape: z.ZodType<T>): Promise<HealthAnswer<T>> {
    const answer = await this.#ask({ method: 'GET', url, timeoutMs: HEALTH_TIMEOUT_MS });
    const { elapsedMs, error, body, status } = answer;
    if (error !== null) return { health: null, elapsedMs, error };
    // 503 with a body is an answer like any other: the service says what is wrong with it.
    const parsed = shape.safeParse(parseJson(body));
    if (parsed.success) return { health: parsed.data, elapsedMs, error: null };
    return { health: null, elapsedMs, error: `answered ${String(status)} without a health report` };
  }

  async #ask({ timeoutMs, ...wanted }: ProbeRequest): Promise<ProbeAnswer> {
    const began = performance.now();
    const elapsed = (): number => Math.round((performance.now() - began) * 10) / 10;
    try {
      const { url, method, headers = {}, body = null } = wanted;
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await send(url, { method, headers, body, signal, dispatcher: this.#agent });
      const text = await answer.body.text();
      return {
        status: answer.statusCode,
        elapsedMs: elapsed(),
        revision: headerOf(answer.headers[REVISION_HEADER]),
        body: text,
        error: null,
      };
    } catch (error) {
      const reason = httpReason(error, timeoutMs);
      return { status: null, elapsedMs: elapsed(), revision: null, body: '', error: reason };
    }
  }
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a health report; the caller says so.
    return null;
  }
}
