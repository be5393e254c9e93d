import { verifyPrincipal } from '@omni/kit/principal.ts';
import type { RequestForm, StrictMessage } from '../strict-http.ts';
import { NotHttp, readRequest, valuesOf } from '../strict-http.ts';
import { FUZZ_KEYS } from './request-parts.ts';
import type { FuzzInput } from './inputs.ts';

export const PRINCIPAL_SECRET = 'fuzz-principal-secret-0123456789';

/** What an input may lead to at most. */
export interface Intent {
  input: FuzzInput;
  /** Every request that its bytes hold, read to the letter, up to the first thing that is none. */
  requests: readonly StrictMessage[];
  /** Bytes behind them: the start of a message, or something that is none. */
  rest: number;
}

/** Reads what an input holds. */
export function intentOf(input: FuzzInput): Intent {
  const requests: StrictMessage[] = [];
  let at = 0;
  while (at < input.bytes.length) {
    const request = readOrNull(input.bytes, at);
    if (request === null) break;
    requests.push(request);
    at = request.end;
  }
  return { input, requests, rest: input.bytes.length - at };
}

/**
 * As strict as can be, but for what node:http takes and does not tell: RTSP/1.0 is HTTP/1.0, more
 * than one space stands for one, and lines before the request may end with LF alone (RFC 9112 2.2
 * and 3 allow both). All are forwarded written anew.
 */
const AS_NODE_READS: RequestForm = {
  line: /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +([\x21-\x7e]+) +((?:HTTP|RTSP)\/1\.[01])$/,
  skip(bytes, from) {
    let at = from;
    while (bytes[at] === 13 || bytes[at] === 10) at += 1;
    return at - from;
  },
};

function readOrNull(bytes: Buffer, at: number): StrictMessage | null {
  try {
    return readRequest(bytes, at, AS_NODE_READS);
  } catch (error) {
    if (error instanceof NotHttp) return null;
    throw error;
  }
}

/** How many may still arrive, by key: inputs that were bent may have come to the same target. */
type Expected = Map<string, number>;

/** Headers that end at the gateway: none may come out of it. */
const NEVER_FORWARDED = new Set([
  'authorization',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'x-api-key',
  'x_api_key',
  'x_omni_principal',
  'x_forwarded_for',
  'forwarded',
  'x-real-ip',
  'x-serverless-authorization',
]);

/**
 * The books of a run: which requests may reach the upstream, and for whom. A request that is not
 * in them was smuggled, repeated, changed or let through without a key.
 */
export class Ledger {
  readonly #expected = new Map<string, Expected>();
  /** One digest per header value: the gateway signs one for many requests. */
  readonly #principals = new Map<string, string | null>();
  /** How often a request may arrive: a retry of an idempotent one is legitimate. */
  readonly #copies: number;
  admitted = 0;

  constructor(copies: number) {
    this.#copies = copies;
  }

  open({ requests }: Intent): void {
    for (const request of requests) {
      const keyId = keyIdOf(request);
      if (keyId === undefined) continue;
      const id = identityOf(request);
      let expected = this.#expected.get(id);
      if (expected === undefined) this.#expected.set(id, (expected = new Map<string, number>()));
      expected.set(keyId, (expected.get(keyId) ?? 0) + this.#copies);
    }
  }

  close({ requests }: Intent): void {
    for (const request of requests) this.#expected.delete(identityOf(request));
  }

  /** What is wrong with a request that reached the upstream, or null. */
  arrived(request: StrictMessage): string | null {
    const expected = this.#expected.get(identityOf(request));
    if (expected === undefined) return 'a request that no input holds, or without a good key';
    const keyId = this.#principalOf(valuesOf(request, 'x-omni-principal'));
    const left = keyId === null ? undefined : expected.get(keyId);
    if (keyId === null || left === undefined) return `principal ${String(keyId)}, not its own`;
    if (left === 0) return 'the same request once more';
    expected.set(keyId, left - 1);
    this.admitted += 1;
    return wrongHeader(request);
  }

  #principalOf(headers: readonly string[]): string | null {
    const [header, second] = headers;
    if (header === undefined || second !== undefined) return null;
    let known = this.#principals.get(header);
    if (known === undefined) {
      known = verifyPrincipal(header, PRINCIPAL_SECRET, Date.now())?.keyId ?? null;
      if (this.#principals.size > 1_000) this.#principals.clear();
      this.#principals.set(header, known);
    }
    return known;
  }
}

function wrongHeader(request: StrictMessage): string | null {
  const foreign = request.headers.find(([name]) => NEVER_FORWARDED.has(name));
  if (foreign !== undefined) return `header ${foreign[0]} was forwarded`;
  const via = valuesOf(request, 'via').at(-1) ?? '';
  if (!via.endsWith('1.1 omni-gateway')) return 'no via of the gateway';
  return valuesOf(request, 'x-request-id').length === 1 ? null : 'not one x-request-id';
}

function identityOf({ start, body }: StrictMessage): string {
  return `${start[0]} ${start[1]} ${body.toString('latin1')}`;
}

/** Id of the one good key of a request, by the rules of the gateway's README. */
function keyIdOf(request: StrictMessage): string | undefined {
  const given = new Set(valuesOf(request, 'x-api-key'));
  for (const value of valuesOf(request, 'authorization')) {
    const token = /^Bearer +([^\s,]+)$/i.exec(value)?.[1];
    if (token !== undefined) given.add(token);
  }
  given.delete('');
  const [key, second] = given;
  if (second !== undefined) return undefined;
  const at = FUZZ_KEYS.findIndex((each) => each === key);
  return at < 0 ? undefined : `env_${at + 1}`;
}
