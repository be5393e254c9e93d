import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@playwright/test';
import { ROOT } from '../fixtures/local-stack.ts';
import type { RunningProcess } from '../fixtures/proc.ts';
import { descendantsOf, instancesOf, stillAlive } from '../fixtures/proc.ts';
import { until } from '../fixtures/until.ts';

/** `npm start` after its bootstrap, on a state folder of its own. */
async function startConsole(state: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'scripts/run.mjs'), 'start', '--state', state],
    {
      cwd: ROOT,
      env: { ...process.env, OMNI_MARKS: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (line.includes('dashboard-usable')) break;
  child.stdout.resume();
  return child;
}

const isElectronMain = ({ command }: RunningProcess): boolean =>
  command.includes('--user-data-dir=') && !command.includes('--type=');

async function everythingBelow(child: ChildProcess): Promise<readonly RunningProcess[]> {
  return await descendantsOf(child.pid ?? -1);
}

/** Waits until the first deploy has started instances: they must not outlive the console either. */
async function untilDeployed(child: ChildProcess): Promise<readonly RunningProcess[]> {
  return await until('the gateway runs', 60_000, async () => {
    const below = await everythingBelow(child);
    const cloud = below.find(({ command }) => command.includes('local-cloud/src/server.mjs'));
    if (cloud === undefined) return null;
    return (await instancesOf(cloud.pid, 'gateway')).length > 0 ? everythingBelow(child) : null;
  });
}

async function expectNothingLeft(before: readonly RunningProcess[]): Promise<void> {
  const pids = before.map(({ pid }) => pid);
  const left = await until('nothing is left', 3000, async () =>
    (await stillAlive(pids)).length === 0 ? [] : null,
  ).catch(() => stillAlive(pids));
  expect(left).toEqual([]);
}

test.describe('kill -9 leaves no process behind, and the next start is clean', () => {
  test.setTimeout(150_000);
  let state = '';
  test.beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'omni-kill-'));
  });
  test.afterEach(async () => {
    await rm(state, { recursive: true, force: true });
  });

  test('of the app itself', async () => {
    const console = await startConsole(state);
    const running = await untilDeployed(console);
    const main = running.find(isElectronMain);
    expect(main).toBeDefined();
    process.kill(main?.pid ?? -1, 'SIGKILL');
    await expectNothingLeft(running);

    const again = await startConsole(state);
    const below = await untilDeployed(again);
    const ended = once(again, 'exit');
    again.kill('SIGTERM');
    await ended;
    await expectNothingLeft(below);
  });

  test('of the command that started it', async () => {
    const console = await startConsole(state);
    const running = await untilDeployed(console);
    console.kill('SIGKILL');
    await expectNothingLeft(running);
  });
});
