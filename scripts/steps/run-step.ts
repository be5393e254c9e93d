import { spawn } from 'node:child_process';
import process from 'node:process';
import { projectRoot } from '../bootstrap/places.mjs';
import { eachLine, ended } from '../start/child.ts';

/** One command of a longer task. */
export type Step = {
  title: string;
  /** A script for the project's Node, relative to the root, and its arguments. */
  command: readonly string[];
  env?: Readonly<Record<string, string>>;
};

/** How a step came out. */
export type StepResult = { title: string; status: number; seconds: number; counts: Counts };

/** Tests that passed and failed. */
export type Counts = { passed: number; failed: number };

/** Runs a step, shows what it prints, and reads the test counts from its last lines. */
export async function runStep({ title, command, env }: Step): Promise<StepResult> {
  process.stdout.write(`\n== ${title}\n`);
  const startedAt = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...env },
  });
  let counts: Counts = { passed: 0, failed: 0 };
  eachLine(child.stdout, (line) => {
    process.stdout.write(`${line}\n`);
    counts = countsIn(line) ?? counts;
  });
  const { status } = await ended(child);
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`== ${title}: ${status === 0 ? 'ok' : 'FAILED'}, ${seconds.toFixed(1)} s\n`);
  return { title, status, seconds, counts };
}

/** The counts of a line that holds nothing else; runners print exactly that last. */
export function countsIn(line: string): Counts | undefined {
  const match = /^(\d+) passed, (\d+) failed$/u.exec(line.trim());
  if (!match) return undefined;
  return { passed: Number(match[1]), failed: Number(match[2]) };
}

/** Sum over all steps. */
export function totalOf(results: readonly StepResult[]): Counts {
  return results.reduce(
    ({ passed, failed }, { counts }) => ({
      passed: passed + counts.passed,
      failed: failed + counts.failed,
    }),
    { passed: 0, failed: 0 },
  );
}
