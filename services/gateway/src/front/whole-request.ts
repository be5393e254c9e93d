import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientRequest } from '../proxy/client-message.ts';

const NONE: string[] = [];

/** A request that was read whole: its head, and its body if it has one. */
export class WholeRequest implements ClientRequest {
  readonly httpVersion = '1.1';
  readonly httpVersionMajor = 1;
  readonly httpVersionMinor = 1;
  readonly rawTrailers = NONE;
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: string[];
  readonly socket: Socket;
  /** Null without a body. */
  readonly body: Buffer | null;
  #headers: IncomingHttpHeaders | undefined;

  constructor({ method, target, rawHeaders, body }: WholeMessage, socket: Socket) {
    this.method = method;
    this.url = target;
    this.rawHeaders = rawHeaders;
    this.body = body;
    this.socket = socket;
  }

  /** Values of a name that came more than once are joined with commas. */
  get headers(): IncomingHttpHeaders {
    this.#headers ??= byName(this.rawHeaders);
    return this.#headers;
  }
}

/** What `readWholeMessage` found. */
export interface WholeMessage {
  readonly method: string;
  readonly target: string;
  /** Flat pairs as they came. */
  readonly rawHeaders: string[];
  readonly body: Buffer | null;
  /** The client goes on with this connection. */
  readonly keepAlive: boolean;
  /** Index of the first byte behind it. */
  readonly end: number;
}

function byName(raw: readonly string[]): IncomingHttpHeaders {
  const values = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    const before = values.get(name);
    values.set(name, before === undefined ? (raw[i + 1] ?? '') : `${before}, ${raw[i + 1] ?? ''}`);
  }
  return Object.fromEntries(values);
}
