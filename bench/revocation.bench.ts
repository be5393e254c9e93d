import { fileURLToPath } from 'node:url';
import type { KeyRepository } from '../services/gateway/src/keys/key-repository.ts';
import { openPostgresKeyRepository } from '../services/gateway/src/keys/postgres-key-repository.ts';
import { parseKey } from '../services/gateway/src/keys/key-format.ts';
import {
  addUsableKeys,
  createDatabase,
  KEY_PEPPERS,
} from '../services/gateway/src/keys/testing/fill-key-store.ts';
import { startTestPostgres } from '../services/kit/test-postgres.ts';
import { figure } from './budgets.ts';
import type { Child } from './child.ts';
import { freePort, startChild, untilAnswers } from './child.ts';
import type { Figure } from './figure.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- revocation';
const SERVER = fileURLToPath(new URL('../services/gateway/src/server.ts', import.meta.url));
const UPSTREAM = fileURLToPath(new URL('peers-programs/bare-http.mjs', import.meta.url));
const INSTANCES = 3;
/** Revocations under way at the same time: a leak response, not one click. */
const AT_ONCE = 16;
const LOOK_EVERY_MS = 10;
const READY_WITHIN_MS = 60_000;

interface Instance {
  readonly url: string;
  readonly child: Child;
}

/**
 * Revokes many keys, waits for each until every instance's receipt confirms it, then uses the key on
 * every instance: how long the confirmation takes, and whether any is accepted after it.
 */
export async function measureRevocation(options: BenchOptions): Promise<readonly Figure[]> {
  const count = options.smoke ? 100 : 10_000;
  const postgres = await startTestPostgres();
  const upstreamPort = await freePort();
  const upstream = startChild([process.execPath, UPSTREAM], {
    env: { PORT: String(upstreamPort) },
  });
  const instances: Instance[] = [];
  try {
    const databaseUrl = await createDatabase(postgres.url);
    const repository = await openPostgresKeyRepository(databaseUrl);
    const texts = await addUsableKeys(databaseUrl, count);
    for (let i = 0; i < INSTANCES; i += 1) {
      instances.push(await startInstance(databaseUrl, upstreamPort));
    }
    const outcome = await revokeAll(repository, instances, texts);
    await repository.close();
    return figuresOf(outcome);
  } finally {
    for (const { child } of instances) await child.stop();
    await upstream.stop();
    await postgres.stop();
  }
}

async function startInstance(databaseUrl: string, upstreamPort: number): Promise<Instance> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const child = startChild([process.execPath, SERVER], {
    env: {
      PORT: String(port),
      UPSTREAM_URL: `http://127.0.0.1:${String(upstreamPort)}`,
      DATABASE_URL: databaseUrl,
      KEY_PEPPERS,
    },
  });
  await untilAnswers(`${url}/health/ready`, READY_WITHIN_MS);
  return { url, child };
}

interface Outcome {
  readonly confirmedMs: readonly number[];
  readonly acceptedAfter: number;
}

async function revokeAll(
  repository: KeyRepository,
  instances: readonly Instance[],
  texts: readonly string[],
): Promise<Outcome> {
  const receipts = new ReceiptWatch(repository, instances.length);
  const confirmedMs: number[] = [];
  let acceptedAfter = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let text = texts[next++]; text !== undefined; text = texts[next++]) {
      const startedAt = performance.now();
      const { epoch } = await repository.revoke(idOf(text), 'bench');
      await receipts.confirmed(epoch);
      confirmedMs.push(performance.now() - startedAt);
      const statuses = await Promise.all(instances.map(({ url }) => statusOf(url, text)));
      acceptedAfter += statuses.filter((status) => status === 200).length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  receipts.stop();
  return { confirmedMs: confirmedMs.sort((a, b) => a - b), acceptedAfter };
}

/** Reads the receipts of all instances again and again and tells who waits for an epoch. */
class ReceiptWatch {
  readonly #waiting = new Set<{ epoch: number; done: () => void }>();
  #stopped = false;

  constructor(repository: KeyRepository, instances: number) {
    const look = async (): Promise<void> => {
      while (!this.#stopped) {
        const epochs = (await repository.receipts()).map(({ epoch }) => epoch);
        if (epochs.length >= instances) this.#tell(Math.min(...epochs));
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    };
    look().catch((error: unknown) => {
      process.stderr.write(`receipts could not be read: ${String(error)}\n`);
    });
  }

  confirmed(epoch: number): Promise<void> {
    return new Promise((done) => this.#waiting.add({ epoch, done }));
  }

  stop(): void {
    this.#stopped = true;
  }

  #tell(reached: number): void {
    for (const waiter of this.#waiting) {
      if (waiter.epoch > reached) continue;
      this.#waiting.delete(waiter);
      waiter.done();
    }
  }
}

function idOf(text: string): string {
  const parsed = parseKey(text);
  if (parsed === null) throw new Error('A key of our own making is malformed');
  return parsed.id;
}

async function statusOf(url: string, key: string): Promise<number> {
  const answer = await fetch(`${url}/api/x`, { headers: { 'x-api-key': key } });
  await answer.arrayBuffer();
  return answer.status;
}

function figuresOf({ confirmedMs, acceptedAfter }: Outcome): readonly Figure[] {
  const at = (share: number): number =>
    confirmedMs[Math.floor(confirmedMs.length * share)] ?? Number.NaN;
  const shared = { samples: confirmedMs.length, command: COMMAND };
  return [
    figure('gateway.revocation_p99_ms', {
      ...shared,
      value: at(0.99),
      peers: { 'p50 ms': at(0.5), 'slowest ms': confirmedMs.at(-1) ?? null, instances: INSTANCES },
    }),
    figure('gateway.revocation_accepted_after', { ...shared, value: acceptedAfter }),
  ];
}
