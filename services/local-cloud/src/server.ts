/** The process: arguments in, signals out. Everything else is put together in compose.ts. */
import { startLocalCloud } from './compose.ts';
import { USAGE, parseConfig } from './config.ts';
import type { Config } from './config.ts';
import { StartFailure, messageOf } from './start-failure.ts';
import { createSystemLog } from './system-log.ts';

const STOP_WITHIN_MS = 12_000;

// Whoever read our lines may be gone first: the end must still be a clean one.
process.stdout.on('error', () => undefined);
const log = createSystemLog((line) => process.stdout.write(line));

async function main(): Promise<void> {
  const config = parseConfig(process.argv.slice(2));
  if (config === null) {
    process.stdout.write(USAGE);
    return;
  }
  const began = performance.now();
  const cloud = await startLocalCloud(config, log);
  log.info('ready', { pid: process.pid, ms: Math.round(performance.now() - began) });
  stopOnRequest(config, cloud.stop);
}

function stopOnRequest(config: Config, stop: () => Promise<void>): void {
  let stopping = false;
  const onStop = (cause: string): void => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { cause });
    // Whatever hangs must not keep the process: the children die with it.
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    stop()
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        log.error('could not stop cleanly', { cause: messageOf(error) });
        process.exit(1);
      });
  };
  process.on('SIGTERM', onStop);
  process.on('SIGINT', onStop);
  if (!config.exitWithParent) return;
  process.stdin.on('end', () => {
    onStop('standard input ended');
  });
  process.stdin.resume();
}

main().catch((error: unknown) => {
  const failure =
    error instanceof StartFailure
      ? error
      : new StartFailure('START_FAILED', messageOf(error), 'Read the cause, fix it, start again.');
  log.error(failure.message, {
    code: failure.code,
    cause: failure.message,
    nextStep: failure.nextStep,
  });
  process.exit(1);
});
