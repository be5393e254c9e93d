/**
 * The real app's main process is killed (SIGKILL) in the middle of every phase of a deploy, and of a
 * rollback; the next start shows the operation and brings it to its true end, once.
 *
 * The app that ended one case is the one that is killed in the next. Upload and push have no local
 * counterpart: the local cloud reads the source folder by itself and keeps what it built, so that
 * both phases are skipped here.
 */
import type { LocalFaultRequest } from '@omni/contracts/local-cloud-faults.ts';
import { expect, test } from '@playwright/test';
import type { JournalEntry } from '../../desktop/main/ports/operation-journal.ts';
import { LocalCloudProcess } from '../../desktop/main/providers/testing/local-cloud-process.ts';
import type { StageId } from '../../desktop/shared/domain/operation.ts';
import type { Clients } from '../../services/local-cloud/test-kit/clients.ts';
import { createClients } from '../../services/local-cloud/test-kit/clients.ts';
import type { IService } from '../../services/local-cloud/test-kit/deploy.ts';
import {
  getService,
  nameOf,
  shortName,
  TO_LATEST,
} from '../../services/local-cloud/test-kit/deploy.ts';
import { addFault, clearFaults, listFaults } from '../../services/local-cloud/test-kit/faults.ts';
import { isIn, JournalFile } from '../fixtures/journal-file.ts';
import { KillableElectron } from '../fixtures/killable-electron.ts';
import { picture } from '../fixtures/picture.ts';
import { until } from '../fixtures/until.ts';
import { ConsoleFrame } from '../pages/console-frame.ts';
import { DeploymentsScreen } from '../pages/deployments-screen.ts';

const PATIENCE_MS = 60_000;
/** Long enough to be killed in on a busy machine, over by the time the next console is there. */
const HELD_MS = 1_500;
/** Of each of the twenty answers that a verification wants. */
const LATE_MS = 60;

/** The backend of these stories: answers at once, or as late as its environment says. */
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
let journal: JournalFile;
/** The one that runs now: it brings the last case to its end and is killed in the next one. */
let app: KillableElectron;

test.beforeAll(async () => {
  test.setTimeout(2 * PATIENCE_MS);
  cloud = await LocalCloudProcess.start({ backend: BACKEND });
  clients = createClients(await cloud.connection());
  journal = new JournalFile(cloud.stateFolder);
  app = await KillableElectron.start(cloud);
  expect(await app.isMain()).toBe(true);
  const screen = await openBackend();
  await screen.deployWith('FIRST', 'yes');
  await screen.untilVerified(/backend-/);
});
test.afterAll(async () => {
  await app.close();
  await clients.close();
  await cloud.close();
});

// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of this first parameter
test.afterEach(async ({}, info) => {
  if (info.status === info.expectedStatus) return;
  await app.page.screenshot({ path: info.outputPath('failure.png') });
});

async function openBackend(): Promise<DeploymentsScreen> {
  await new ConsoleFrame(app.page).open('Deployments');
  const screen = new DeploymentsScreen(app.page);
  await screen.choose('Backend');
  return screen;
}

/** The next call, build or start of this kind takes longer. */
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

interface Platform {
  readonly service: IService;
  /** Newest first. */
  readonly revisions: readonly string[];
  readonly writes: number;
}

/** What the platform had to do: revisions that were made, and writes of the service. */
async function platform(): Promise<Platform> {
  const service = await getService({ clients }, 'backend');
  const of = { parent: nameOf('backend') };
  const [revisions] = await clients.revisions.listRevisions(of, clients.options);
  const names = revisions.map(({ name }) => shortName(name));
  return { service, revisions: names, writes: Number(service.generation) };
}

interface Case {
  readonly phase: StageId;
  readonly variable?: readonly [name: string, value: string];
  /** Before the deploy. */
  readonly prepare: () => Promise<void>;
  /** Resolves in the middle of the phase. */
  readonly reached: (id: string) => Promise<unknown>;
  /** After the kill, before the next start. */
  readonly afterwards?: (id: string) => Promise<void>;
}

const slowCall = { kind: 'slow-call', method: 'UpdateService', ms: HELD_MS } as const;
const slowBuild = { kind: 'slow-build', source: '*', ms: HELD_MS } as const;
const slowStart = { kind: 'slow-start', service: 'backend', ms: HELD_MS } as const;

const CASES: readonly Case[] = [
  {
    // It lasts a millisecond and asks nobody for anything: the journal is cut back to where it was.
    phase: 'package',
    prepare: () => hold(slowBuild),
    reached: (id) => journal.untilIs(id, isIn('build')),
    afterwards: (id) => journal.cutBackTo(id, 'package'),
  },
  {
    phase: 'build',
    prepare: () => hold(slowBuild),
    reached: (id) => journal.untilIs(id, ({ progress }) => progress.buildName !== null),
  },
  {
    phase: 'revision',
    prepare: () => hold(slowCall),
    reached: async (id) => {
      await journal.untilIs(id, isIn('revision'));
      await untilHeld();
    },
  },
  {
    phase: 'ready',
    prepare: () => hold(slowStart),
    reached: (id) => journal.untilIs(id, isIn('ready')),
  },
  {
    phase: 'traffic',
    // The first write cuts the revision, the second moves the traffic.
    prepare: () => hold({ ...slowCall, ms: HELD_MS / 2, times: 2 }),
    reached: async (id) => {
      await journal.untilIs(id, isIn('traffic'));
      await untilHeld();
    },
  },
  {
    phase: 'verify',
    variable: ['ANSWER_MS', String(LATE_MS)],
    prepare: () => Promise.resolve(),
    reached: (id) => journal.untilIs(id, isIn('verify')),
  },
];

/** What the next start shows of an operation that the last one left in the middle. */
async function resumed(id: string): Promise<JournalEntry> {
  app = await KillableElectron.start(cloud);
  const screen = await openBackend();
  const end = await journal.untilIs(id, ({ operation }) => operation.endedAt !== null);
  const { result } = end.operation;
  expect(end.operation).toMatchObject({ state: 'succeeded', error: null });
  expect(result).toMatchObject({ verifiedAnswers: 20, wantedAnswers: 20 });
  await screen.untilVerified(result?.revision ?? 'none');
  await expect(screen.log).toContainText('The console was restarted');
  await expect(screen.stages).not.toContainText(/running|not started|failed|cancelled/);
  await expect(screen.serving).toContainText(result?.revision ?? 'none');
  await expect(screen.serving).toContainText('100 % · verified by 20 of 20');
  await expect.poll(() => journal.ends(id)).toMatchObject([{ outcome: 'ok' }]);
  return end;
}

test.describe('kill -9 of the app in the middle of', () => {
  test.describe.configure({ timeout: 2 * PATIENCE_MS });

  for (const { phase, variable, ...act } of CASES) {
    test(`a deploy's ${phase}: the next start brings it to its end, once`, async (// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of this first parameter
    {}, info) => {
      const before = await platform();
      const known = await journal.newest();
      await cloud.writeSource('backend', `${BACKEND}// ${phase}\n`);
      await act.prepare();
      const [name, value] = variable ?? [`IN_${phase.toUpperCase()}`, 'yes'];
      await new DeploymentsScreen(app.page).deployWith(name, value);
      const id = await journal.untilBegun(known);
      await act.reached(id);
      await app.kill();
      await act.afterwards?.(id);
      await journal.untilIs(id, isIn(phase));

      const end = await resumed(id);
      await picture(app.page, info, `resumed-${phase}`, phase === 'verify' ? undefined : ['dark']);
      await clearFaults(await cloud.connection());
      const after = await platform();
      const revision = end.operation.result?.revision ?? 'none';
      expect(after.revisions).toEqual([revision, ...before.revisions]);
      // One write cuts the revision, one moves the traffic.
      expect(after.writes).toBe(before.writes + 2);
      expect(after.service.traffic).toMatchObject([{ type: TO_LATEST, percent: 100 }]);
      expect(shortName(after.service.latestReadyRevision)).toBe(revision);
    });
  }

  test("a rollback's traffic: it is moved once", async (// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of this first parameter
  {}, info) => {
    const screen = new DeploymentsScreen(app.page);
    if ((await platform()).revisions.length < 2) {
      await screen.deployWith('SECOND', 'yes');
      await screen.untilVerified(/backend-/);
    }
    const before = await platform();
    const revision = before.revisions[1] ?? 'none';
    const known = await journal.newest();
    const dialog = await screen.planRollBack(revision);
    await hold(slowCall);
    await dialog.getByRole('button', { name: `Roll back to ${revision}` }).click();
    const id = await journal.untilBegun(known);
    await journal.untilIs(id, isIn('traffic'));
    await untilHeld();
    await app.kill();
    await journal.untilIs(id, isIn('traffic'));

    const end = await resumed(id);
    await picture(app.page, info, 'resumed-rollback');
    expect(end.operation.result?.revision).toBe(revision);
    const after = await platform();
    expect(after.revisions).toEqual(before.revisions);
    expect(after.writes).toBe(before.writes + 1);
  });
});
