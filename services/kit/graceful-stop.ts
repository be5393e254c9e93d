import type { Logger } from './logger.ts';

/** One step of a stop, run in order: refuse new work, drain, close pools. */
export interface StopStep {
  name: string;
  run: (signal: NodeJS.Signals) => Promise<void> | void;
}

export interface GracefulStopOptions {
  steps: readonly StopStep[];
  logger: Logger;
  /** Everything must be over by then, else the process exits with 1. Cloud Run kills after 10 s. */
  deadlineMs?: number;
  /** Replaced in tests. */
  exit?: (code: number) => void;
}

/**
 * Handles SIGTERM and SIGINT: runs the steps and exits 0. A failing step is logged and the next one
 * still runs (exit code 1). The same signal again exits at once, so that Ctrl+C twice always works.
 * A different one does not: a terminal sends SIGINT to everybody, and the parent then its SIGTERM.
 */
export function stopOnSignal(options: GracefulStopOptions): void {
  const exit = options.exit ?? ((code: number): void => process.exit(code));
  const seen = new Set<NodeJS.Signals>();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (seen.has(signal)) {
      exit(1);
      return;
    }
    seen.add(signal);
    if (seen.size > 1) return;
    const timer = setTimeout(() => {
      options.logger.error('Stop took too long', { code: 'STOP_TIMEOUT', signal });
      exit(1);
    }, options.deadlineMs ?? 10_000);
    timer.unref();
    runSteps(options, signal).then(exit, () => exit(1));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function runSteps(options: GracefulStopOptions, signal: NodeJS.Signals): Promise<number> {
  const startedAt = performance.now();
  options.logger.info('Stopping', { signal });
  let code = 0;
  for (const step of options.steps) {
    try {
      await step.run(signal);
    } catch (error) {
      code = 1;
      const reason = error instanceof Error ? error.message : String(error);
      options.logger.error(`Stop step failed: ${step.name}`, { code: 'STOP_STEP_FAILED', reason });
    }
  }
  options.logger.info('Stopped', { signal, dur_ms: Math.round(performance.now() - startedAt) });
  options.logger.flush();
  return code;
}
