import type { Logger } from '@omni/kit/logger.ts';

/** Fields of our log lines beside the common ones. Never input text, never vectors. */
export const LOG_FIELDS = ['host', 'model', 'part', 'phase', 'port', 'version'] as const;
export type Log = Logger<(typeof LOG_FIELDS)[number]>;
