import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalFaultRequest } from '@omni/contracts/local-cloud-faults.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../desktop/main/ports/operation-journal.ts';
import { LocalCloudProcess } from '../../desktop/main/providers/testing/local-cloud-process.ts';
import type { StageId } from '../../desktop/shared/domain/operation.ts';
import { addFault, clearFaults, listFaults } from '../../services/local-cloud/test-kit/faults.ts';
import { createClients } from '../../services/local-cloud/test-kit/clients.ts';
import type { Clients } from '../../services/local-cloud/test-kit/clients.ts';
import { getService } from '../../services/local-cloud/test-kit/deploy.ts';
import { finished } from '../fixtures/deployed-stack.ts';
import { KillableHost } from '../fixtures/killable-host.ts';
import { until } from '../fixtures/until.ts';

const PATIENCE_MS = 60_000;
/** Long enough to be killed in, short enough to be over soon after the restart. */
const HELD_MS = 600;

/** The backend of these tests: answers at once, or as late as its environment says. */
const BACKEND = `
import http from 'node:http';
const { PORT, HOST, K_REVISION, ANSWER_MS } = process.env;
const server = http.createServer((request, response) => {
  const late = request.url === '/health/live' ? Number(ANSWER_MS ?? 0) : 0;
  setTimeout(() => {
    response.writeHead(200, { 'x-omni-revision': K_REVISION });
    response.end('{}');
  }, late);
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

let cloud: LocalCloudProcess;
let clients: Clients;
/** The one that runs now: it brings the last case to its end and is killed in the next one. */
let host: KillableHost;

beforeAll(async () => {
  cloud = await LocalCloudProcess.start({ backend: BACKEND });
  clients = createClients(await cloud.connection());
  host = await KillableHost.start(cloud);
  await finished(host.client, await deploy({}));
});
afterAll(async () => {
  await host.stop();
  await clients.close();
  await cloud.close();
});

async function deploy(env: Readonly<Record<string, string | null>>): Promise<string> {
  const order = { service: 'backend', build: true, env };
  return (await host.client.deployments.deploy(order)).operationId;
}

const journalFile = (): string => join(cloud.stateFolder, 'operations.ndjson');

/** The whole lines of the journal. */
async function journalLines(): Promise<readonly string[]> {
  return (await readFile(journalFile(), 'utf8')).split('\n').slice(0, -1);
}

const entriesOf = (lines: readonly string[], id: string): readonly JournalEntry[] =>
  lines
    .map((line) => JSON.parse(line) as JournalEntry)
    .filter(({ operation }) => operation.id === id);

const isIn = (stage: StageId) => (entry: JournalEntry) =>
  entry.operation.stages.some(({ id, state }) => id === stage && state === 'running');

/** Waits until the operation's journal says so. */
async function untilJournal(id: string, says: (entry: JournalEntry) => boolean): Promise<void> {
  await until('the journal says so', PATIENCE_MS, async () => {
    const newest = entriesOf(await journalLines(), id).at(-1);
    return newest !== undefined && says(newest) ? newest : null;
  });
}

async function hold(fault: LocalFaultRequest): Promise<void> {
  await addFault(await cloud.connection(), fault);
}

/** The platform has the call that is held: killing the console now takes nothing back. */
async function untilHeld(): Promise<void> {
  const connection = await cloud.connection();
  await until('the call has arrived', PATIENCE_MS, async () =>
    (await listFaults(connection)).some(({ kind }) => kind === 'slow-call') ? null : true,
  );
}

/** What the platform had to do: revisions that were made, and writes of the service. */
async function applied(): Promise<{ revisions: number; writes: number }> {
  const { generation } = await getService({ clients }, 'backend');
  const rows = await host.client.deployments.listRevisions({ service: 'backend' });
  return { revisions: rows.length, writes: Number(generation) };
}

interface Case {
  readonly phase: StageId;
  readonly env?: Readonly<Record<string, string | null>>;
  /** Before the deploy. */
  readonly prepare: () => Promise<void>;
  /** Resolves in the middle of the phase. */
  readonly reached: (id: string) => Promise<void>;
  /** After the kill, before the next start. */
  readonly afterwards?: (id: string) => Promise<void>;
}

const slowCall = { kind: 'slow-call', method: 'UpdateService', ms: HELD_MS } as const;
const slowBuild = { kind: 'slow-build', source: '*', ms: HELD_MS } as const;

const CASES: readonly Case[] = [
  {
    // It lasts a millisecond and asks nobody for anything: the journal is cut back to where it was.
    phase: 'package',
    prepare: () => hold(slowBuild),
    reached: (id) => untilJournal(id, isIn('build')),
    afterwards: async (id) => {
      const lines = await journalLines();
      const last = lines.findLastIndex((line) => entriesOf([line], id).some(isIn('package')));
      const kept = lines.slice(0, last + 1).map((line) => `${line}\n`);
      await truncate(journalFile(), Buffer.byteLength(kept.join('')));
    },
  },
  {
    phase: 'build',
    prepare: () => hold(slowBuild),
    reached: (id) => untilJournal(id, ({ progress }) => progress.buildName !== null),
  },
  {
    phase: 'revision',
    prepare: () => hold(slowCall),
    reached: async (id) => {
      await untilJournal(id, isIn('revision'));
      await untilHeld();
    },
  },
  {
    phase: 'ready',
    prepare: () => hold({ kind: 'slow-start', service: 'backend', ms: HELD_MS }),
    reached: (id) => untilJournal(id, isIn('ready')),
  },
  {
    phase: 'traffic',
    prepare: () => hold({ kind: 'slow-start', service: 'backend', ms: HELD_MS }),
    reached: async (id) => {
      await untilJournal(id, isIn('ready'));
      await hold(slowCall);
      await untilJournal(id, isIn('traffic'));
      await untilHeld();
    },
  },
  {
    phase: 'verify',
    env: { ANSWER_MS: '30' },
    prepare: () => Promise.resolve(),
    reached: (id) => untilJournal(id, isIn('verify')),
  },
];

describe('a console that is killed in the middle of a deploy', () => {
  it.each(CASES)(
    'in $phase: the next one brings it to its end, once',
    { timeout: 2 * PATIENCE_MS },
    async ({ phase, env = { CASE: phase }, prepare, reached, afterwards }) => {
      const before = await applied();
      await cloud.writeSource('backend', `${BACKEND}// ${phase}\n`);
      await prepare();
      const id = await deploy(env);
      await reached(id);
      await host.kill();
      await afterwards?.(id);

      host = await KillableHost.start(cloud);
      const operation = await finished(host.client, id);
      await clearFaults(await cloud.connection());
      expect(operation.result?.verifiedAnswers).toBe(20);
      const after = await applied();
      expect(after.revisions).toBe(before.revisions + 1);
      // One write cuts the revision, one moves the traffic.
      expect(after.writes).toBe(before.writes + 2);
      const [service] = await host.client.deployments.listServices();
      expect(service?.serving.shares).toMatchObject([
        { revision: operation.result?.revision, percent: 100 },
      ]);
      expect(service?.traffic.followsLatest).toBe(true);
      const ends = (await host.client.audit.list({ limit: 50 })).filter(
        ({ action, detail }) => action === 'deploy.finished' && detail.includes(id),
      );
      expect(ends).toMatchObject([{ outcome: 'ok' }]);
    },
  );

  it('in the traffic of a rollback: it is moved once', { timeout: PATIENCE_MS }, async () => {
    const [, previous] = await host.client.deployments.listRevisions({ service: 'backend' });
    const before = await applied();
    await hold(slowCall);
    const revision = previous?.revision.name ?? '';
    const order = { service: 'backend', revision, reason: 'test' };
    const { operationId } = await host.client.deployments.rollBack(order);
    await untilJournal(operationId, isIn('traffic'));
    await untilHeld();
    await host.kill();

    host = await KillableHost.start(cloud);
    const operation = await finished(host.client, operationId);
    expect(operation.result?.revision).toBe(revision);
    const after = await applied();
    expect(after).toEqual({ revisions: before.revisions, writes: before.writes + 1 });
  });
});
