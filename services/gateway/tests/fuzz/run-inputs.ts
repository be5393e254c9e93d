import { startRawUpstream } from '../raw-upstream.ts';
import type { RawAnswer, RawUpstream } from '../raw-upstream.ts';
import type { StrictMessage } from '../strict-http.ts';
import { hostileAnswer } from './answers.ts';
import { ConfigFolder, routesTo } from './fuzz-config.ts';
import { Connection } from './connection.ts';
import type { FuzzInput } from './inputs.ts';
import { echoOf, judgeAnswers } from './judge-answers.ts';
import { intentOf, Ledger, PRINCIPAL_SECRET } from './ledger.ts';
import { FUZZ_KEYS } from './request-parts.ts';
import { startTarget } from './target.ts';
import type { FuzzTarget } from './target.ts';

export interface RunOptions {
  seed: number;
  inputs: number;
  /** Connections at a time. */
  connections: number;
  deadlineMs: number;
  /** Ends early, with what was done until then. */
  withinMs?: number;
  input: (index: number) => FuzzInput;
  /** Called twice a second while it runs. */
  onSample?: (sample: Sample) => void;
}

export interface Sample {
  done: number;
  rssMb: number;
}

/** Something that must not be. */
export interface Finding {
  what: string;
  /** The inputs that may have caused it: those under way. */
  suspects: readonly FuzzInput[];
  /** What was seen on the wire, where it was seen there. */
  bytes: Buffer | undefined;
}

export interface RunReport {
  done: number;
  seconds: number;
  /** Requests that reached the upstream. */
  admitted: number;
  finding: Finding | null;
  samples: readonly Sample[];
}

const SWEEP_MS = 20;
const SAMPLE_EVERY = 25;
/** How long a request may still be on its way to the upstream when its client is gone. */
const LATE_MS = 30_000;
const INDEX = /^\/f\/(\d+)-/;

/** One gateway process, one recording upstream, a pool of connections; stops at the first finding. */
export async function runInputs(options: RunOptions): Promise<RunReport> {
  const run = new Run(options);
  try {
    return await run.start();
  } finally {
    await run.stop();
  }
}

class Run {
  readonly #options: RunOptions;
  // A dead connection makes the gateway ask an idempotent request once more, within its rules.
  readonly #ledger = new Ledger(3);
  readonly #pool: Connection[] = [];
  readonly #samples: Sample[] = [];
  readonly #config = new ConfigFolder();
  #upstream: RawUpstream | undefined;
  #target: FuzzTarget | undefined;
  #next = 0;
  #done = 0;
  #stopped = false;
  #finding: Finding | null = null;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  async start(): Promise<RunReport> {
    this.#upstream = await startRawUpstream({
      onRequest: (request) => this.#answer(request),
      onViolation: (what, bytes) => this.#found(`upstream saw ${what}`, { bytes }),
    });
    this.#target = await startTarget({
      ...this.#config.write(routesTo(this.#upstream.url)),
      API_KEYS: FUZZ_KEYS.join(','),
      PRINCIPAL_SECRET,
    });
    const startedAt = performance.now();
    await this.#drive(this.#target);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { admitted } = this.#ledger;
    return { done: this.#done, seconds, admitted, finding: this.#finding, samples: this.#samples };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const connection of this.#pool) connection.close();
    await this.#target?.stop();
    await this.#upstream?.stop();
    this.#config.remove();
  }

  #drive(target: FuzzTarget): Promise<void> {
    const { connections, deadlineMs, inputs, withinMs = Infinity } = this.#options;
    const endAt = performance.now() + withinMs;
    return new Promise((resolve) => {
      let sweeps = 0;
      const timer = setInterval(() => {
        const now = performance.now();
        for (const connection of this.#pool) connection.sweep(now);
        if (!target.isAlive()) this.#found(`the gateway died: ${target.tail()}`);
        else if ((sweeps += 1) % SAMPLE_EVERY === 0) this.#sample(target);
        if (this.#finding === null && this.#done < inputs && now < endAt) return;
        clearInterval(timer);
        resolve();
      }, SWEEP_MS);
      for (let place = 0; place < Math.min(connections, inputs); place += 1) {
        const connection: Connection = new Connection(
          { port: target.port, deadlineMs },
          {
            onViolation: (what) => this.#found(what, { connection }),
            onDone: (answers) => this.#settled(connection, answers),
          },
        );
        this.#pool.push(connection);
        this.#sendNext(connection);
      }
    });
  }

  /** The input that a connection had is kept here: `onDone` comes after it was taken off it. */
  readonly #intents = new Map<Connection, ReturnType<typeof intentOf>>();

  #sendNext(connection: Connection): void {
    if (this.#next >= this.#options.inputs || this.#finding !== null || this.#stopped) return;
    const intent = intentOf(this.#options.input(this.#next));
    this.#next += 1;
    this.#intents.set(connection, intent);
    this.#ledger.open(intent);
    connection.send(intent);
  }

  #settled(connection: Connection, answers: readonly StrictMessage[]): void {
    const intent = this.#intents.get(connection);
    if (intent === undefined) return;
    const fault = judgeAnswers(intent, answers, this.#options.seed);
    if (fault !== null) this.#found(fault, { connection });
    this.#intents.delete(connection);
    setTimeout(() => this.#ledger.close(intent), LATE_MS).unref();
    this.#done += 1;
    // Not at once: the answer is still being read further up the stack.
    setImmediate(() => this.#sendNext(connection));
  }

  #answer(request: StrictMessage): RawAnswer {
    const index = Number(INDEX.exec(request.start[1])?.[1] ?? Number.NaN);
    const [connection, intent] =
      [...this.#intents].find(([, { input }]) => input.index === index) ?? [];
    const fault = this.#ledger.arrived(request);
    if (fault !== null) {
      const bytes = Buffer.from(JSON.stringify(request));
      this.#found(`upstream saw ${fault}`, { bytes, connection });
    }
    if (intent?.input.subject !== 'upstream') return { bytes: echoOf(request) };
    return hostileAnswer(this.#options.seed, index);
  }

  /** Whose connection it showed on is the only suspect; else it may be any input under way. */
  #found(what: string, seen: { bytes?: Buffer; connection?: Connection | undefined } = {}): void {
    const known = seen.connection === undefined ? undefined : this.#intents.get(seen.connection);
    const underWay = known === undefined ? [...this.#intents.values()] : [known];
    this.#finding ??= { what, suspects: underWay.map(({ input }) => input), bytes: seen.bytes };
  }

  #sample(target: FuzzTarget): void {
    const sample = { done: this.#done, rssMb: target.rssMb() };
    this.#samples.push(sample);
    this.#options.onSample?.(sample);
  }
}
