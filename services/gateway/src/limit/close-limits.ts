import type { GatewayLogger } from '../request-log.ts';
import type { GatewayLimits } from './create-limits.ts';

/** Fits between the end of the drain and the deadline of the stop. */
const CLOSE_MS = 1_000;

/**
 * Last step of a stop: leased quota goes back. A store that doesn't answer keeps no process from
 * ending well; what was leased stays counted then, so no quota is exceeded.
 */
export async function closeLimits(limits: GatewayLimits, logger: GatewayLogger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CLOSE_MS} ms`), CLOSE_MS);
  });
  const closed = limits.stop().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const reason = await Promise.race([closed, late]);
  clearTimeout(timer);
  if (reason !== undefined) {
    logger.warn('Leased quota not given back', { code: 'QUOTA_STORE_UNREACHABLE', reason });
  }
}
