import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import { ADMIN_PREFIX, IDEMPOTENCY_HEADER } from '@omni/contracts/gateway-admin.ts';
import { problem } from '@omni/contracts/problem.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { httpReason } from '../http/http-reason.ts';
import { toKeyError } from './to-key-error.ts';

export interface GatewayAdminOptions {
  /** Public address of the gateway that serves now, null when there is none. */
  readonly gatewayUrl: () => Promise<string | null>;
  readonly adminToken: () => Promise<string>;
}

export interface AdminCall<T> {
  readonly method: 'GET' | 'POST';
  /** Below the admin prefix, for example `/keys`. */
  readonly path: string;
  readonly body?: object;
  /** For changes of something that exists: its ETag as last seen, or `*`. */
  readonly ifMatch?: string;
  readonly answer: z.ZodType<T>;
}

const TIMEOUT_MS = 5_000;

/** The gateway's admin API over HTTP. The token goes into a header and nowhere else. */
export class GatewayAdminClient {
  readonly #options: GatewayAdminOptions;
  readonly #agent = new Agent({ connections: 2 });

  constructor(options: GatewayAdminOptions) {
    this.#options = options;
  }

  async call<T>(call: AdminCall<T>): Promise<T> {
    const { status, body } = await this.#send(call);
    if (status >= 400) throw toKeyError(status, problem.safeParse(body).data ?? null);
    const parsed = call.answer.safeParse(body);
    if (parsed.success) return parsed.data;
    throw unavailable('The gateway’s admin API gave an answer that makes no sense.', parsed.error);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(call: AdminCall<unknown>): Promise<{ status: number; body: unknown }> {
    const [url, token] = await Promise.all([
      this.#options.gatewayUrl(),
      this.#options.adminToken(),
    ]);
    if (url === null) throw unavailable('No gateway is deployed on this target.', null);
    try {
      const answer = await request(new URL(`${ADMIN_PREFIX}${call.path}`, url), {
        method: call.method,
        dispatcher: this.#agent,
        headers: headersOf(token, call),
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: answer.statusCode, body: parseJson(await answer.body.text()) };
    } catch (error) {
      throw unavailable(`The gateway doesn’t answer: ${httpReason(error, TIMEOUT_MS)}.`, error);
    }
  }
}

/** Every change is a new one: whoever repeats it asks again. */
function headersOf(token: string, { method, body, ifMatch }: AdminCall<unknown>): OutgoingHeaders {
  return {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(method === 'GET' ? {} : { [IDEMPOTENCY_HEADER]: randomUUID() }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
}

type OutgoingHeaders = Record<string, string>;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's HTML or nothing at all: the caller finds that it has no shape.
    return null;
  }
}

function unavailable(message: string, cause: unknown): DomainError {
  return new DomainError({
    code: 'KEY_STORE_UNAVAILABLE',
    message,
    nextStep: 'Deploy or start the gateway and try again.',
    retryable: true,
    cause,
  });
}
