/** One answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export const HEADER_LENGTH = 'inference-header-content-length';
const TIMEOUT_MS = 60_000;

/** The server under test, by its address alone. */
export class Target {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param headers sent with every request, for a server that wants a key */
  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url.replace(/\/+$/, '');
    this.#headers = headers;
  }

  get(path: string): Promise<Answer> {
    return this.#send(path, { method: 'GET' });
  }

  post(
    path: string,
    body: Uint8Array | object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const raw = body instanceof Uint8Array;
    const type = raw ? 'application/octet-stream' : 'application/json';
    const bytes = raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    return this.#send(path, { method: 'POST', body: bytes }, { 'content-type': type, ...headers });
  }

  async #send(
    path: string,
    init: Pick<RequestInit, 'method' | 'body'>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.#url}${path}`, {
      ...init,
      headers: { ...this.#headers, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, bytes };
  }
}

/** The JSON of an answer; throws what a reader of the report can use. */
export function json(answer: Answer): Record<string, unknown> {
  const text = answer.bytes.toString('utf8');
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new Error(`the body is not JSON: ${text.slice(0, 80)}`, { cause });
  }
}
