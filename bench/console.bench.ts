import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { LocalStack } from '../e2e/fixtures/local-stack.ts';
import { ROOT, startLocalStack } from '../e2e/fixtures/local-stack.ts';
import { electronExecutable, findElectron } from '../scripts/bootstrap/find-electron.mjs';
import { figure } from './budgets.ts';
import { deployStack } from '../e2e/fixtures/deployed-stack.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- console';
const MARKS = ['window-shown', 'dashboard-usable'] as const;
type Mark = (typeof MARKS)[number];

/** A line of the app's standard output when OMNI_MARKS=1; times in ms since its process was spawned. */
const markLine = z.object({ mark: z.enum(MARKS), sinceSpawnMs: z.number() });

/** Starts the app once and reads its marks; ends it before returning. */
async function startOnce(state: string): Promise<ReadonlyMap<Mark, number>> {
  const runtime = findElectron();
  if (runtime === undefined) throw new Error('no Electron is in place');
  const args = ['.', `--user-data-dir=${join(state, 'electron')}`];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const child = spawn(electronExecutable(runtime), args, {
    cwd: ROOT,
    env: { ...process.env, OMNI_STATE_DIR: state, OMNI_MARKS: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const marks = new Map<Mark, number>();
  const overdue = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = line.startsWith('{') ? markLine.safeParse(JSON.parse(line)) : null;
    if (parsed?.success === true) marks.set(parsed.data.mark, parsed.data.sinceSpawnMs);
    if (marks.size === MARKS.length) break;
  }
  child.kill('SIGTERM');
  await ended;
  clearTimeout(overdue);
  return marks;
}

async function measureStarts(stack: LocalStack, rounds: number): Promise<readonly Figure[]> {
  const runs: ReadonlyMap<Mark, number>[] = [];
  // The first start fills the code caches and isn't counted.
  await startOnce(stack.state);
  for (let round = 0; round < rounds; round += 1) runs.push(await startOnce(stack.state));
  const of = (mark: Mark): number | null => median(runs.flatMap((run) => run.get(mark) ?? []));
  const shared = { samples: rounds, command: COMMAND };
  return [
    figure('console.window_ms', { ...shared, value: of('window-shown') }),
    figure('console.usable_ms', { ...shared, value: of('dashboard-usable') }),
  ];
}

/** Spawn of the app to its window, and to the first real data on it, on a running stack. */
export async function measureConsole(options: BenchOptions): Promise<readonly Figure[]> {
  const stack = await startLocalStack();
  try {
    await deployStack(stack);
    return await measureStarts(stack, options.smoke ? 2 : 9);
  } finally {
    await stack.stop();
  }
}
