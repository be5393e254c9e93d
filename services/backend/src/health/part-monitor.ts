import type { PartHealth } from '@omni/contracts/health.ts';
import type { Log } from '../log.ts';
import type { Observation } from './part-state.ts';
import { PartTracker } from './part-state.ts';

/** Short facts about a part that is well; throws when it is not. */
export type PartCheck = () => Promise<Readonly<Record<string, string>>>;

export interface PartMonitorOptions {
  /** As the log names it: `database`, `redis`. */
  readonly part: string;
  readonly check: PartCheck;
  /** One sentence for the operator. */
  readonly describe: (error: unknown) => string;
  readonly log: Log;
  readonly intervalMs?: number;
  readonly retryMs?: number;
  readonly timeoutMs?: number;
}

/** The first check also loads the driver and may bring the schema up to date. */
const FIRST_TIMEOUT_MS = 5_000;

/** A part's health, read at any time without waiting. */
export interface PartMonitor {
  readonly health: PartHealth;
  start(): void;
  stop(): void;
}

/** The health of an optional part that nobody configured. */
export function absentPart(reason: string): PartMonitor {
  const tracker = new PartTracker({ state: 'not_configured', reason });
  return {
    get health() {
      return tracker.health;
    },
    start: () => undefined,
    stop: () => undefined,
  };
}

/**
 * Checks a part in the background (sooner again while it is down), so that a health request never
 * waits for it. A check that hangs counts as a loss after the timeout.
 */
export function watchPart(options: PartMonitorOptions): PartMonitor {
  const { intervalMs = 2_000, retryMs = 1_000, timeoutMs = 1_000 } = options;
  const tracker = new PartTracker({ state: 'starting', reason: 'the first check is under way' });
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const round = async (): Promise<void> => {
    const deadlineMs = tracker.state === 'starting' ? FIRST_TIMEOUT_MS : timeoutMs;
    const seen = await observe(options, deadlineMs);
    if (stopped) return;
    if (tracker.observe(seen)) logChange(options, seen);
    schedule(seen.state === 'ok' ? intervalMs : retryMs);
  };
  const schedule = (delayMs: number): void => {
    timer = setTimeout(() => {
      round().catch((error: unknown) => {
        options.log.error('Check failed', { part: options.part, error: String(error) });
        schedule(retryMs);
      });
    }, delayMs);
    timer.unref();
  };
  return {
    get health() {
      return tracker.health;
    },
    start: () => schedule(0),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function logChange({ log, part }: PartMonitorOptions, { state, reason }: Observation): void {
  if (state === 'ok') log.info('Part is well', { part });
  else log.warn('Part is lost', { part, reason });
}

async function observe(options: PartMonitorOptions, timeoutMs: number): Promise<Observation> {
  const begin = performance.now();
  try {
    const facts = await withDeadline(options.check(), timeoutMs);
    return { state: 'ok', latencyMs: performance.now() - begin, facts };
  } catch (error) {
    const latencyMs = performance.now() - begin;
    return { state: 'down', reason: options.describe(error), latencyMs };
  }
}

async function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // The late loser of the race must not become an unhandled rejection.
    work.catch(() => undefined);
  }
}
