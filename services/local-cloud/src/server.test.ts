import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildOnce } from '../test-kit/built-folders.ts';
import {
  ask,
  create,
  deploy,
  getService,
  setTraffic,
  shortName,
  tiny,
  toRevision,
} from '../test-kit/deploy.ts';
import {
  makeFolders,
  removeFolders,
  spawnLocalCloud,
  startHarness,
} from '../test-kit/local-cloud-harness.ts';
import type { Harness } from '../test-kit/local-cloud-harness.ts';
import { until } from '../test-kit/until.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let built: Awaited<ReturnType<typeof buildOnce>>;

beforeAll(async () => {
  built = await buildOnce();
});

afterAll(() => {
  built.remove();
});

/** With the tiny service built. */
function folders(): ReturnType<typeof makeFolders> {
  return cleanUpLater(built.make());
}

function cleanUpLater(made: ReturnType<typeof makeFolders>): ReturnType<typeof makeFolders> {
  cleanUps.push(() => {
    removeFolders(made);
  });
  return made;
}

async function start(
  where: ReturnType<typeof makeFolders>,
  flags?: readonly string[],
): Promise<Harness> {
  const harness = await startHarness(where, flags);
  cleanUps.push(async () => {
    if (harness.process.exitCode === null && harness.process.signalCode === null)
      await harness.stop();
  });
  return harness;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: gone, which is what the tests wait for.
    return false;
  }
}

describe('an end that nobody reads about', { timeout: 60_000 }, () => {
  it('is as clean as any other', async () => {
    const first = await start(folders());
    await create(first, 'tiny', { containers: [tiny({ VERSION: '1' })] });
    first.process.stdout?.destroy();
    expect(await first.stop()).toBe(0);
    expect(fs.existsSync(path.join(first.stateDir, 'local-cloud.json'))).toBe(false);
  });
});

describe('kill -9', { timeout: 60_000 }, () => {
  it('leaves no instance behind, and a new start serves what was served', async () => {
    const where = folders();
    const first = await start(where);
    const created = await create(first, 'tiny', { containers: [tiny({ VERSION: '1' })] });
    const old = shortName(created.latestReadyRevision);
    await deploy(first, 'tiny', { containers: [tiny({ VERSION: '2' })] });
    await setTraffic(first, 'tiny', [toRevision(old, 100)]);
    const before = await getService(first, 'tiny');
    const { pid } = await ask(before.uri);
    await first.kill();
    await until('the instance is gone', () => !isAlive(pid), 2000);

    const second = await start(where);
    const after = await getService(second, 'tiny');
    expect(after.uri).toBe(before.uri);
    expect(after.trafficStatuses).toEqual(before.trafficStatuses);
    expect(after.etag).toBe(before.etag);
    expect(await ask(after.uri)).toMatchObject({ revision: old, version: '1' });
  });
});

describe('stop', { timeout: 60_000 }, () => {
  it('ends the instances, removes the connection file and exits 0', async () => {
    const where = folders();
    const harness = await start(where);
    const service = await create(harness, 'tiny', { containers: [tiny()] });
    const { pid } = await ask(service.uri);
    expect(await harness.stop()).toBe(0);
    expect(isAlive(pid)).toBe(false);
    expect(fs.existsSync(path.join(where.stateDir, 'local-cloud.json'))).toBe(false);
  });

  it('stops when its parent closes standard input', async () => {
    const where = folders();
    const harness = await start(where);
    await harness.clients.close();
    harness.process.stdin?.end();
    await until('it has ended', () => harness.process.exitCode === 0);
  });
});

describe('start', { timeout: 60_000 }, () => {
  it('says which port is taken and serves on another one', async () => {
    const squatter = http.createServer().listen(0, '127.0.0.1');
    cleanUps.push(() => {
      squatter.close();
    });
    await until('it listens', () => squatter.listening);
    const address = squatter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const harness = await start(folders(), ['--no-postgres', '--port', `tiny=${port}`]);
    const service = await create(harness, 'tiny', { containers: [tiny()] });
    expect(new URL(service.uri ?? '').port).not.toBe(String(port));
    expect(await ask(service.uri)).toMatchObject({ revision: expect.any(String) as string });
    const line = harness.lines.find((text) => text.includes('PORT_TAKEN')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ code: 'PORT_TAKEN', port, service: 'tiny' });
  });

  it('refuses a state folder that another one uses', async () => {
    const where = folders();
    await start(where);
    await expectFailure(where, 'STATE_LOCKED');
  });

  it('refuses a state folder that is a file', async () => {
    const where = cleanUpLater(makeFolders());
    fs.writeFileSync(where.stateDir, 'not a folder');
    await expectFailure(where, 'STATE_UNUSABLE');
  });

  it('refuses arguments that it does not know', async () => {
    await expectFailure(cleanUpLater(makeFolders()), 'ARGUMENTS_INVALID', ['--nonsense']);
  });

  it('cuts a corrupt journal and keeps a copy', async () => {
    const where = folders();
    const first = await start(where);
    await create(first, 'tiny', { containers: [tiny()] });
    await first.stop();
    const cloud = path.join(where.stateDir, 'cloud');
    fs.appendFileSync(path.join(cloud, 'journal.jsonl'), '00000000 {"table":"services"');
    const second = await start(where);
    expect(second.lines.join('\n')).toContain('JOURNAL_TRUNCATED');
    expect((await getService(second, 'tiny')).name).toContain('tiny');
    expect(fs.readdirSync(cloud).some((name) => name.startsWith('journal.corrupt-'))).toBe(true);
  });
});

async function expectFailure(
  where: ReturnType<typeof makeFolders>,
  code: string,
  flags: readonly string[] = [],
): Promise<void> {
  const { lines, exited } = spawnLocalCloud(where, flags);
  expect(await exited).toBe(1);
  const failure = JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  expect(failure).toMatchObject({ level: 'error', code });
  expect(failure['cause']).toBeTruthy();
  expect(failure['nextStep']).toBeTruthy();
}
