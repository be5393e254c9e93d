import { audit } from './audit.ts';
import { canary } from './canary.ts';
import { cost } from './cost.ts';
import { deployments } from './deployments.ts';
import { health } from './health.ts';
import { keys } from './keys.ts';
import { metrics } from './metrics.ts';
import { operations } from './operations.ts';
import { safety } from './safety.ts';
import { releases } from './releases.ts';
import { settings } from './settings.ts';
import { stack } from './stack.ts';
import { targets } from './targets.ts';
import { traffic } from './traffic.ts';
import { upstream } from './upstream.ts';

/** The promise between page and main: everything that can be asked, by feature. */
export const contract = {
  audit,
  canary,
  cost,
  deployments,
  health,
  keys,
  metrics,
  operations,
  safety,
  releases,
  settings,
  stack,
  targets,
  traffic,
  upstream,
};
export type Contract = typeof contract;
