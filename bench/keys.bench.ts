import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openPostgresKeyRepository } from '../services/gateway/src/keys/postgres-key-repository.ts';
import {
  addFillers,
  addUsableKeys,
  createDatabase,
  KEY_PEPPERS,
} from '../services/gateway/src/keys/testing/fill-key-store.ts';
import { startTestPostgres } from '../services/kit/test-postgres.ts';
import { figure } from './budgets.ts';
import { freePort, startChild, untilAnswers } from './child.ts';
import type { Figure } from './figure.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- keys';
const SERVER = fileURLToPath(new URL('../services/gateway/src/server.ts', import.meta.url));
const DECISIONS = fileURLToPath(new URL('peers-programs/key-decisions.ts', import.meta.url));
/** As many are decided on, in both sizes. */
const USABLE = 10_000;
const LOAD_WITHIN_MS = 180_000;

interface Decisions {
  keys: number;
  decisionNs: number;
  hashNs: number;
  lookupNs: number;
}

interface Measured extends Decisions {
  /** From the start of the process until it is ready, all keys loaded. */
  loadMs: number;
  /** Processor time of the process in that time: another load of the machine does not show in it. */
  cpuMs: number;
  rssMb: number;
  peakRssMb: number;
}

/** Start, memory and cost of a decision with 10,000 and with 1,000,000 stored keys. */
export async function measureKeys(options: BenchOptions): Promise<readonly Figure[]> {
  const most = options.smoke ? 50_000 : 1_000_000;
  const home = await mkdtemp(join(tmpdir(), 'omni-bench-keys-'));
  const postgres = await startTestPostgres();
  try {
    const few = await measureSize(postgres.url, home, USABLE);
    const many = await measureSize(postgres.url, home, most);
    return figuresOf(few, many);
  } finally {
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function measureSize(serverUrl: string, home: string, keys: number): Promise<Measured> {
  const databaseUrl = await createDatabase(serverUrl);
  // Opening it makes the tables.
  await (await openPostgresKeyRepository(databaseUrl)).close();
  const texts = await addUsableKeys(databaseUrl, USABLE);
  await addFillers(databaseUrl, keys - USABLE);
  const file = join(home, 'texts.json');
  await writeFile(file, JSON.stringify(texts));
  const started = await startAndLoad(databaseUrl);
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [DECISIONS, databaseUrl, file]);
  return { ...started, ...(JSON.parse(stdout) as Decisions) };
}

async function startAndLoad(databaseUrl: string): Promise<Omit<Measured, keyof Decisions>> {
  const upstreamPort = await freePort();
  const port = await freePort();
  const program = fileURLToPath(new URL('peers-programs/bare-http.mjs', import.meta.url));
  const upstream = startChild([process.execPath, program], {
    env: { PORT: String(upstreamPort) },
  });
  const startedAt = performance.now();
  const gateway = startChild([process.execPath, SERVER], {
    env: {
      PORT: String(port),
      UPSTREAM_URL: `http://127.0.0.1:${upstreamPort}`,
      DATABASE_URL: databaseUrl,
      KEY_PEPPERS,
    },
  });
  try {
    await Promise.race([
      untilAnswers(`http://127.0.0.1:${port}/health/ready`, LOAD_WITHIN_MS),
      once(gateway.process, 'exit').then(() => {
        throw new Error('The gateway ended instead of starting');
      }),
    ]);
    const loadMs = performance.now() - startedAt;
    const status = await readFile(`/proc/${gateway.process.pid}/status`, 'utf8');
    const megabytes = (name: string): number =>
      Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1_024;
    const cpuMs = await processorMs(gateway.process.pid ?? 0);
    return { loadMs, cpuMs, rssMb: megabytes('VmRSS'), peakRssMb: megabytes('VmHWM') };
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
}

/** User and system time of a process; Linux counts it in hundredths of a second. */
async function processorMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function figuresOf(few: Measured, many: Measured): readonly Figure[] {
  const shared = { samples: 1, command: COMMAND };
  const costs = (measured: Measured): Record<string, number> => ({
    'processor ms': measured.cpuMs,
    'decision ns': Math.round(measured.decisionNs),
    'of it hashing ns': Math.round(measured.hashNs),
    'lookup ns': Math.round(measured.lookupNs),
  });
  const note = `${many.keys} keys`;
  return [
    figure('gateway.keys_10k_load_ms', { ...shared, value: few.loadMs, peers: costs(few) }),
    figure('gateway.keys_1m_load_ms', { ...shared, value: many.loadMs, peers: costs(many), note }),
    figure('gateway.keys_1m_rss_mb', {
      ...{ ...shared, value: many.rssMb, note },
      peers: {
        '10k keys': Math.round(few.rssMb),
        'peak while loading': Math.round(many.peakRssMb),
      },
    }),
    figure('gateway.keys_lookup_ratio', {
      ...{ ...shared, value: many.decisionNs / few.decisionNs, note },
      peers: { 'lookup alone': many.lookupNs / few.lookupNs },
    }),
  ];
}
