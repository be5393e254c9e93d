/**
 * `node one-connection-driver.ts '{"url":..., "tokens":..., "seconds":..., "same":...}'`: asks for one
 * embedding after the other and prints the median time from the request's write to the answer's last
 * byte, as one JSON line. Requests are made before the first is sent, and answers are only counted: at
 * one connection everything that a client library does is waited for, and it is not what is measured.
 */
import { BareConnection } from '../bare-connection.ts';
import { makeText } from './texts.ts';

export interface OneConnectionOptions {
  readonly url: string;
  readonly tokens: number;
  readonly seconds: number;
  /** Always the same text: after the first time from the cache. */
  readonly same: boolean;
}

export interface OneConnectionResult {
  readonly count: number;
  readonly p50Ms: number;
}

/** More than one lane answers in a second. */
const TEXTS_PER_SECOND = 1_500;
const WARM_UP = 50;
const USAGE_TAIL = 120;

const options = JSON.parse(process.argv[2] ?? '{}') as OneConnectionOptions;
const url = new URL('/v1/embeddings', options.url);

function makeRequest(): Buffer {
  const input = [makeText(options.tokens)];
  const body = JSON.stringify({ model: 'all-minilm-l6-v2', input, encoding_format: 'base64' });
  return Buffer.from(
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function assertUsage(last: Buffer): void {
  const tail = last.toString('latin1', Math.max(0, last.length - USAGE_TAIL));
  if (!tail.includes(`"prompt_tokens":${options.tokens},`)) throw new Error(tail);
}

/** Durations of the requests behind the warm-up, whose time is not counted. */
function measure(requests: readonly Buffer[]): Promise<number[]> {
  const durations: number[] = [];
  return new Promise((resolve) => {
    let sentAt = 0;
    let sent = 0;
    let endAt = Number.POSITIVE_INFINITY;
    const next = (): void => {
      if (sent === WARM_UP) endAt = performance.now() + options.seconds * 1_000;
      const request = options.same ? requests[0] : requests[sent];
      if (request === undefined || performance.now() >= endAt) {
        connection.close();
        resolve(durations.slice(WARM_UP));
        return;
      }
      sent += 1;
      sentAt = performance.now();
      connection.send(request);
    };
    const connection = new BareConnection(url, (at, last) => {
      durations.push(at - sentAt);
      assertUsage(last);
      next();
    });
    connection.ready().then(next, (error: unknown) => {
      throw error;
    });
  });
}

const requests = Array.from(
  { length: options.same ? 1 : WARM_UP + Math.ceil(options.seconds * TEXTS_PER_SECOND) },
  makeRequest,
);
const durations = await measure(requests);
durations.sort((a, b) => a - b);
const p50Ms = durations[Math.floor(durations.length / 2)];
if (p50Ms === undefined) throw new Error('nothing was answered within the time');
const result: OneConnectionResult = { count: durations.length, p50Ms };
process.stdout.write(`${JSON.stringify(result)}\n`);
