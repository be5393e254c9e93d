import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../start-failure.ts';
import type { SystemLog } from '../system-log.ts';
import { createCluster, readPassword } from './create-cluster.ts';
import { databaseUrl, ensureDatabase } from './databases.ts';
import type { PostgresAddress } from './databases.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { choosePostgresIdentity } from './postgres-identity.ts';
import type { PostgresIdentity } from './postgres-identity.ts';
import { startPostgres } from './postgres-process.ts';
import type { PostgresProcess } from './postgres-process.ts';
import { clearStalePostmaster } from './stale-postmaster.ts';

const RESTART_MS = 1000;

export type PostgresState = 'off' | 'starting' | 'ready' | 'unavailable';

/** The local cluster: started beside everything else, restarted when it ends, never in the way. */
export class LocalPostgres {
  readonly #stateDir: string;
  readonly #log: SystemLog;
  readonly #databases = new Map<string, Promise<void>>();
  #running: Promise<PostgresProcess | null> = Promise.resolve(null);
  #state: PostgresState = 'off';
  #stopping = false;

  constructor(stateDir: string, log: SystemLog) {
    this.#stateDir = stateDir;
    this.#log = log;
  }

  get state(): PostgresState {
    return this.#state;
  }

  /** Begins to start it; who needs it waits in `databaseUrl`. */
  start(): void {
    this.#state = 'starting';
    this.#running = this.#start();
  }

  /** The service's URL once Postgres has settled, or null when there is none. */
  async databaseUrl(service: string): Promise<string | null> {
    const running = await this.#running;
    if (running === null) return null;
    const address = this.#address(running);
    const made = this.#databases.get(service) ?? ensureDatabase(address, service);
    this.#databases.set(service, made);
    try {
      await made;
    } catch (error) {
      this.#databases.delete(service);
      throw error;
    }
    return databaseUrl(address, service);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const running = await this.#running;
    await running?.stop();
  }

  #isStopping(): boolean {
    return this.#stopping;
  }

  #address({ port }: PostgresProcess): PostgresAddress {
    return { port, password: readPassword(this.#stateDir) };
  }

  async #start(): Promise<PostgresProcess | null> {
    const began = Date.now();
    try {
      const binaries = findPostgresBinaries();
      const identity = choosePostgresIdentity(this.#stateDir, binaries);
      await createCluster(identity, readPassword(this.#stateDir));
      const running = await this.#startOn(identity, undefined);
      const ms = Date.now() - began;
      this.#log.info('postgres is ready', { port: running.port, runsAs: identity.kind, ms });
      return running;
    } catch (error) {
      this.#state = 'unavailable';
      this.#log.error(
        `Postgres can't be started: ${messageOf(error)} Services run without DATABASE_URL. Fix the cause and restart.`,
        { code: 'POSTGRES_UNAVAILABLE' },
      );
      return null;
    }
  }

  async #startOn(
    identity: PostgresIdentity,
    samePort: number | undefined,
  ): Promise<PostgresProcess> {
    await clearStalePostmaster(path.join(identity.homeDir, 'data'));
    const running = await startPostgres(identity, samePort);
    this.#state = 'ready';
    running.exited
      .then((lines) => this.#onEnd(identity, { port: running.port, lines }))
      .catch(() => undefined); // #onEnd reports by itself.
    return running;
  }

  /** It ended by itself: start it again at the same address, which the instances know. */
  async #onEnd(
    identity: PostgresIdentity,
    ended: { port: number; lines: readonly string[] },
  ): Promise<void> {
    if (this.#stopping) return;
    this.#state = 'starting';
    this.#log.error('postgres ended and is started again', {
      code: 'POSTGRES_ENDED',
      cause: ended.lines.slice(-3).join(' | '),
    });
    await wait(RESTART_MS);
    if (this.#isStopping()) return;
    this.#running = this.#startOn(identity, ended.port).catch((error: unknown) => {
      this.#state = 'unavailable';
      this.#log.error(`Postgres can't be started again: ${messageOf(error)} Restart local-cloud.`, {
        code: 'POSTGRES_UNAVAILABLE',
      });
      return null;
    });
    await this.#running;
  }
}
