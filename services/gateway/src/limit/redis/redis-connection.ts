import type { createClient } from '@redis/client';

type Client = ReturnType<typeof createClient>;

const CONNECT_TIMEOUT_MS = 1_000;
const RETRY_EVERY_MS = 250;

export interface RedisConnectionOptions {
  url: string;
  /** A command without an answer for so long means that the server is lost. */
  timeoutMs: number;
  /** Proves that the server works, by writing; asked before a connection is used. */
  prove: (send: SendCommand) => Promise<void>;
  /** The server was lost, or is there again. */
  reachable: (reachable: boolean, error?: Error) => void;
}

export type SendCommand = (args: readonly string[]) => Promise<unknown>;

/**
 * One connection that is either known to work or known to be lost: a command is answered in time or
 * rejects, and while the server is lost every command rejects at once. Reconnects by itself.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  #client: Client | undefined;
  #firstAttempt: Promise<void> | undefined;
  #stopped = false;
  #retry: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  /** Times at which unanswered commands were sent, oldest first. */
  readonly #waiting = new Set<{ sentAt: number }>();
  #reported: boolean | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** Loads the client and connects; commands wait for this first attempt and for no later one. */
  start(): void {
    this.#firstAttempt = this.#open().finally(() => {
      this.#firstAttempt = undefined;
    });
  }

  async send(args: readonly string[]): Promise<unknown> {
    if (this.#client === undefined && this.#firstAttempt !== undefined) await this.#firstAttempt;
    const client = this.#client;
    if (client === undefined) throw new Error('Redis is not reachable');
    return this.#sendBy(client, args);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#watch);
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #sendBy(client: Client, args: readonly string[]): Promise<unknown> {
    const waiting = { sentAt: performance.now() };
    this.#waiting.add(waiting);
    this.#watch ??= setTimeout(() => this.#checkWaiting(client), this.#options.timeoutMs).unref();
    try {
      return await client.sendCommand(args);
    } catch (error) {
      const cause = asError(error);
      // Any other error, for example of a replica that may not write, is cured by a new connection.
      if (!isNoScript(cause)) this.#lose(client, cause);
      throw cause;
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  /** One timer for all commands: they are answered in the order in which they were sent. */
  #checkWaiting(client: Client): void {
    this.#watch = undefined;
    const oldest = this.#waiting.values().next().value;
    if (oldest === undefined) return;
    const leftMs = oldest.sentAt + this.#options.timeoutMs - performance.now();
    if (leftMs > 0) {
      this.#watch = setTimeout(() => this.#checkWaiting(client), leftMs).unref();
      return;
    }
    this.#lose(client, new Error(`no answer within ${this.#options.timeoutMs} ms`));
  }

  async #open(): Promise<void> {
    let client: Client | undefined;
    try {
      const redis = await import('@redis/client');
      client = redis.createClient({
        url: this.#options.url,
        disableOfflineQueue: true,
        disableClientInfo: true,
        maintNotifications: 'disabled',
        // Ours: one timer for all commands instead of an AbortSignal for each.
        commandOptions: { timeout: 0 },
        socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false, noDelay: true },
      });
      await this.#connect(client);
    } catch (error) {
      if (client?.isOpen === true) client.destroy();
      this.#fail(asError(error));
    }
  }

  /** A suspended server accepts connections and answers nothing: the proof has a deadline too. */
  async #connect(client: Client): Promise<void> {
    client.on('error', (error: unknown) => this.#lose(client, asError(error)));
    const proven = client
      .connect()
      .then(() => this.#options.prove((args) => client.sendCommand(args)));
    await within(CONNECT_TIMEOUT_MS, proven);
    if (this.#stopped) {
      client.destroy();
      return;
    }
    this.#client = client;
    this.#report(true);
  }

  #lose(client: Client, error: Error): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    // Rejects every command that waits for an answer.
    if (client.isOpen) client.destroy();
    this.#fail(error);
  }

  #fail(error: Error): void {
    if (this.#stopped) return;
    this.#report(false, error);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      // `#open` never rejects: it reports and tries again.
      this.#open().catch(() => undefined);
    }, RETRY_EVERY_MS).unref();
  }

  #report(reachable: boolean, error?: Error): void {
    if (this.#reported === reachable) return;
    this.#reported = reachable;
    this.#options.reachable(reachable, error);
  }
}

/** The server was restarted or told to forget: the script has to be sent again. */
export function isNoScript(error: Error): boolean {
  return error.message.startsWith('NOSCRIPT');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
