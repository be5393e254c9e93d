import { fileURLToPath } from 'node:url';

/**
 * For the environment of a service that a test starts from its sources: what an earlier start
 * compiled is found again. Reading and compiling TypeScript is more than half of such a start.
 */
export const TEST_COMPILE_CACHE = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../.cache/compile/tests', import.meta.url)),
} as const;
