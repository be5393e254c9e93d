import type { z } from 'zod';
import { GoogleHttpError, GRPC_STATUS } from './google-error.ts';

/** Addresses of Google's JSON APIs; parameters, so that a server on loopback can stand for them. */
export interface GoogleApis {
  readonly artifactRegistry: string;
  readonly cloudBuild: string;
  readonly logging: string;
  readonly resourceManager: string;
  readonly secretManager: string;
  readonly serviceUsage: string;
  readonly storage: string;
  /** Cloud Run's older API, by region: domains are only there. */
  readonly runV1: string;
  /** Docker's registry protocol of an image's host. */
  readonly registry: (host: string) => string;
}

/** The real ones. */
export function googleApis(region: string): GoogleApis {
  return {
    artifactRegistry: 'https://artifactregistry.googleapis.com',
    cloudBuild: 'https://cloudbuild.googleapis.com',
    logging: 'https://logging.googleapis.com',
    resourceManager: 'https://cloudresourcemanager.googleapis.com',
    secretManager: 'https://secretmanager.googleapis.com',
    serviceUsage: 'https://serviceusage.googleapis.com',
    storage: 'https://storage.googleapis.com',
    runV1: `https://${region}-run.googleapis.com`,
    registry: (host) => `https://${host}`,
  };
}

/** Headers that say who calls; asked before every call, because tokens age. */
export type AuthHeaders = () => Promise<Headers>;

const CALL_TIMEOUT_MS = 15_000;

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD';
  readonly url: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * JSON calls with the operator's token. Of Google's clients only Cloud Run's is used: others bring
 * an older auth library, which silently sends no token at all (control-plane facts, 1).
 */
export class GoogleHttp {
  readonly apis: GoogleApis;
  readonly #auth: AuthHeaders;

  constructor(apis: GoogleApis, auth: AuthHeaders) {
    this.apis = apis;
    this.#auth = auth;
  }

  async get<T>(url: string, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await jsonOf(await this.#send({ method: 'GET', url })));
  }

  /** null when there is no such thing. */
  async find<T>(url: string, schema: z.ZodType<T>): Promise<T | null> {
    try {
      return await this.get(url, schema);
    } catch (error) {
      if (error instanceof GoogleHttpError && error.code === GRPC_STATUS.notFound) return null;
      throw error;
    }
  }

  async post<T>(url: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await jsonOf(await this.#send({ method: 'POST', url, body })));
  }

  /** Headers of an answer; its body is not read. */
  async head(url: string, accept: string): Promise<Headers> {
    const headers = new Headers(await this.#auth());
    headers.set('accept', accept);
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    return (await send(url, { method: 'HEAD', headers, signal })).headers;
  }

  /** Sends bytes as they are; for uploads, which may take longer than a call. */
  async upload(url: string, body: Uint8Array, signal: AbortSignal): Promise<unknown> {
    const headers = new Headers(await this.#auth());
    headers.set('content-type', 'application/gzip');
    return jsonOf(await send(url, { method: 'POST', headers, body: Buffer.from(body), signal }));
  }

  async #send({ method, url, body }: Call): Promise<Response> {
    const headers = new Headers(await this.#auth());
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    if (body === undefined) return send(url, { method, headers, signal });
    headers.set('content-type', 'application/json');
    return send(url, { method, headers, signal, body: JSON.stringify(body) });
  }
}

/** Redirects are refused: a token goes to the host it was meant for and to no other. */
async function send(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, { ...init, redirect: 'error' }).catch((error: unknown) => {
    throw unreachable(url, error);
  });
  if (answer.ok) return answer;
  throw new GoogleHttpError(answer.status, await jsonOf(answer));
}

/** undefined for an answer that isn't JSON, for example a proxy's page. */
async function jsonOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    // A failed call's page isn't repeated to the operator; its status says enough.
    return undefined;
  }
}

/** In the form of a gRPC error, so that one mapper reads both. */
function unreachable(url: string, cause: unknown): Error {
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? inner.message : String(inner);
  return Object.assign(new Error(`${new URL(url).host}: ${why}`, { cause }), {
    code: timedOut ? GRPC_STATUS.deadlineExceeded : GRPC_STATUS.unavailable,
  });
}
