import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { DomainError } from '../desktop/main/ports/domain-error.ts';
import { PlatformRig } from '../desktop/main/providers/testing/platform-rig.ts';
import type { GuardedPlatform } from './conformance/open-platform.ts';
import { openLocal, openProject } from './conformance/open-platform.ts';
import type { Options } from './conformance/options.ts';
import { ArgumentsError, HELP, readOptions } from './conformance/options.ts';
import { rowOf, statusOf, summaryOf } from './conformance/report.ts';
import { runSuite } from './conformance/run-suite.ts';

/** `npm run conformance -- --local | --project P --region R`: what every platform has to keep. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options !== null) return await runOn(options);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    process.stderr.write(`\n${wordsOf(error)}\n`);
    return error instanceof ArgumentsError ? 2 : 1;
  }
}

async function runOn(options: Options): Promise<number> {
  // The run's own prefix: two runs at the same time don't touch each other's services.
  const prefix = options.clean ? options.prefix : `${options.prefix}${runId()}-`;
  const platform = await open(options, prefix);
  try {
    if (options.clean) return await cleanUp(platform);
    if (!(await isReady(platform))) return 1;
    return await runCases(options, platform);
  } finally {
    await platform.close();
  }
}

function open({ platform }: Options, prefix: string): Promise<GuardedPlatform> {
  return platform.kind === 'local' ? openLocal(prefix) : openProject(platform, prefix);
}

/** Nothing is written where a preflight finds that it would fail. */
async function isReady({ provider }: GuardedPlatform): Promise<boolean> {
  const actions = ['read', 'deploy', 'public'] as const;
  const found = await provider.preflight({ service: null, actions, template: null });
  for (const { severity, title, detail, fix, command } of found) {
    process.stdout.write(`  ${severity}: ${title}. ${detail}\n    ${command ?? fix}\n`);
  }
  return found.every(({ severity }) => severity !== 'blocks');
}

async function runCases(options: Options, platform: GuardedPlatform): Promise<number> {
  const began = performance.now();
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  process.stdout.write(`Promises of ${platform.name}, on services ${platform.prefix}*\n\n`);
  // Without a connection nothing can be deleted: the local cloud goes as a whole.
  let left: readonly string[] = [];
  try {
    const results = await runSuite({
      rig: new PlatformRig(platform),
      parallel: options.parallel,
      only: options.only,
      signal: stop.signal,
      onResult: (result) => process.stdout.write(rowOf(result)),
    });
    process.stdout.write(summaryOf(results, platform.name, performance.now() - began));
    return stop.signal.aborted ? 130 : statusOf(results);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    if (platform.cut === null) left = await platform.guard.cleanUp();
    if (left.length > 0) process.stdout.write(`Deleted ${String(left.length)} services.\n`);
  }
}

async function cleanUp(platform: GuardedPlatform): Promise<number> {
  const deleted = await platform.guard.cleanUp();
  process.stdout.write(`Deleted ${String(deleted.length)} services: ${deleted.join(', ')}\n`);
  return 0;
}

function runId(): string {
  return randomBytes(3).toString('hex');
}

function wordsOf(error: unknown): string {
  if (error instanceof ArgumentsError) return `${error.message}\nNext step: --help`;
  if (!(error instanceof DomainError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const command = 'command' in error && typeof error.command === 'string' ? error.command : null;
  return `${error.code}: ${error.message}\nNext step: ${command ?? error.nextStep}`;
}
