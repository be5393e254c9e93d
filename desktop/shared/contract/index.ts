import { audit } from './audit.ts';
import { cost } from './cost.ts';
import { deployments } from './deployments.ts';
import { health } from './health.ts';
import { keys } from './keys.ts';
import { metrics } from './metrics.ts';
import { operations } from './operations.ts';
import { settings } from './settings.ts';
import { stack } from './stack.ts';
import { targets } from './targets.ts';

/** The promise between page and main: everything that can be asked, by feature. */
export const contract = {
  audit,
  cost,
  deployments,
  health,
  keys,
  metrics,
  operations,
  settings,
  stack,
  targets,
};
export type Contract = typeof contract;
