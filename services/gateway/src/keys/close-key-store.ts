import type { GatewayLogger } from '../request-log.ts';
import type { KeyStore } from './key-store.ts';
import type { UsageRecorder } from './usage-recorder.ts';

/** Fits between the end of the drain (8 s at most) and the deadline of the stop (9.5 s). */
const CLOSE_MS = 1_000;

export interface ClosingParts {
  logger: GatewayLogger;
  store: KeyStore | null;
  usage: UsageRecorder;
}

/**
 * Last step of a stop. A store that is silent or away keeps no process from ending well: all that is
 * lost are the last times of use, and the log says so.
 */
export async function closeKeyStore({ logger, store, usage }: ClosingParts): Promise<void> {
  const close = async (): Promise<string | undefined> => {
    const flushed = await reasonOf(usage.flush());
    return (await reasonOf(store?.stop())) ?? flushed;
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CLOSE_MS} ms`), CLOSE_MS);
  });
  const reason = await Promise.race([close(), late]);
  clearTimeout(timer);
  if (reason !== undefined) {
    logger.warn('Key store not closed in order', { code: 'KEYSTORE_UNREACHABLE', reason });
  }
}

async function reasonOf(step: Promise<void> | undefined): Promise<string | undefined> {
  try {
    await step;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
