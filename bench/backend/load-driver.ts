/**
 * `node load-driver.ts '{"url":..., "connections":..., "seconds":..., ...}'`: asks for embeddings and
 * prints what came back as one JSON line. Without `rate` every connection asks again as soon as it is
 * answered; with `rate` requests start at that pace, whether or not the last ones were answered; with
 * `burst` so many start at once. With either, each that is refused comes back once with the same texts,
 * when it was told to, unless the run is over by then.
 */
import { Agent, request } from 'node:http';
import { makeText } from './texts.ts';

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly tokens: number;
  /** Texts of one request. */
  readonly texts: number;
  /** Requests started per second; as many as are answered without. */
  readonly rate?: number;
  /** Requests that start together; `seconds` and `rate` say nothing then. */
  readonly burst?: number;
  /** The time that each request grants. */
  readonly budgetMs?: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly answered: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Refusals (429, 503) without a Retry-After that the service may give. */
  readonly dishonest: number;
  readonly retryAfter: readonly number[];
  /** Of those refused: how many came back as they were told, and how many of them were answered. */
  readonly returned: number;
  readonly answeredAtReturn: number;
  /** Answers whose token count was not the one that was sent. */
  readonly wrongUsage: number;
}

const MAX_RETRY_SECONDS = 300;

const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
const answered: Record<string, number> = {};
const durations: number[] = [];
const retryAfter = new Set<number>();
let dishonest = 0;
let wrongUsage = 0;
let returned = 0;
let answeredAtReturn = 0;

/** What became of one request; Retry-After in seconds where it was refused. */
interface Outcome {
  readonly status: number;
  readonly retryAfter: number;
}

function note(status: number, retry: string | undefined, begin: number): void {
  answered[status] = (answered[status] ?? 0) + 1;
  if (status === 200) durations.push(performance.now() - begin);
  if (status !== 429 && status !== 503) return;
  const seconds = Number(retry);
  if (seconds >= 1 && seconds <= MAX_RETRY_SECONDS) retryAfter.add(seconds);
  else dishonest += 1;
}

function texts(): readonly string[] {
  return Array.from({ length: options.texts }, () => makeText(options.tokens));
}

function ask(input = texts()): Promise<Outcome> {
  const body = JSON.stringify({ model: 'all-minilm-l6-v2', input, encoding_format: 'base64' });
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  if (options.budgetMs !== undefined) headers['x-request-timeout-ms'] = options.budgetMs;
  const begin = performance.now();
  return new Promise((resolve) => {
    const lost = (): void => {
      answered['lost'] = (answered['lost'] ?? 0) + 1;
      resolve({ status: 0, retryAfter: 0 });
    };
    const sent = request(
      `${options.url}/v1/embeddings`,
      { method: 'POST', agent, headers },
      (answer) => {
        let tail = '';
        answer.setEncoding('latin1').on('data', (text: string) => {
          tail = (tail + text).slice(-200);
        });
        answer.on('error', lost).on('end', () => {
          note(answer.statusCode ?? 0, answer.headers['retry-after'], begin);
          const used = /"prompt_tokens":(\d+)/.exec(tail)?.[1];
          if (used !== undefined && Number(used) !== options.tokens * options.texts) {
            wrongUsage += 1;
          }
          const retry = Number(answer.headers['retry-after'] ?? 0);
          resolve({ status: answer.statusCode ?? 0, retryAfter: retry });
        });
      },
    );
    sent.on('error', lost).end(body);
  });
}

async function closedLoop(end: number): Promise<void> {
  const connection = async (): Promise<void> => {
    while (performance.now() < end) await ask();
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
}

async function openLoop(end: number, rate: number): Promise<void> {
  const open: Promise<unknown>[] = [];
  const begin = performance.now();
  while (performance.now() < end) {
    const due = ((performance.now() - begin) / 1_000) * rate;
    while (open.length < due) open.push(obey(end));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(open);
}

/** Asks, and once more when it was told to, if that is before `end`. */
async function obey(end: number): Promise<void> {
  const input = texts();
  const first = await ask(input);
  const waitMs = first.retryAfter * 1_000;
  if (first.status !== 429 || performance.now() + waitMs > end) return;
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  returned += 1;
  if ((await ask(input)).status === 200) answeredAtReturn += 1;
}

async function burst(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => obey(Number.POSITIVE_INFINITY)));
}

function runLoad(end: number): Promise<void> {
  if (options.burst !== undefined) return burst(options.burst);
  return options.rate === undefined ? closedLoop(end) : openLoop(end, options.rate);
}

const begin = performance.now();
const end = begin + options.seconds * 1_000;
await runLoad(end);
durations.sort((a, b) => a - b);
const quantile = (share: number): number => durations[Math.floor(durations.length * share)] ?? 0;
const result: LoadResult = {
  seconds: (performance.now() - begin) / 1_000,
  answered,
  p50Ms: quantile(0.5),
  p99Ms: quantile(0.99),
  dishonest,
  retryAfter: [...retryAfter].sort((a, b) => a - b),
  returned,
  answeredAtReturn,
  wrongUsage,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
agent.destroy();
