import { oc } from '@orpc/contract';
import type { Friction } from '../domain/safety.ts';
import { CONTRACT_ERRORS } from './errors.ts';

/**
 * What the router knows of a procedure besides its shape. `mutating` procedures leave exactly one
 * audit entry; those that change the target are refused while it is read-only. `friction` decides
 * with the target's class what has to be typed and what waits before it runs (domain/safety.ts).
 */
export interface ProcedureMeta {
  readonly mutating: boolean;
  readonly changes: 'nothing' | 'target' | 'console';
  readonly friction: Friction;
}

const base = oc.$meta<ProcedureMeta>({ mutating: false, changes: 'nothing', friction: 'none' });

/** A procedure that only reads. */
export const read = base.errors(CONTRACT_ERRORS);

/** A procedure that changes the chosen target. */
export const mutate = read.meta({ mutating: true, changes: 'target', friction: 'ordinary' });

/** A way back, which never waits: `rollBack`. */
export const mutateAtOnce = read.meta({ mutating: true, changes: 'target', friction: 'urgent' });

/** A change that can't be undone and must not wait: the name of its subject has to be typed. */
export const mutateForGood = read.meta({ mutating: true, changes: 'target', friction: 'final' });

/** A procedure that changes the console's own state or stops something: allowed on a read-only target too. */
export const mutateConsole = read.meta({ mutating: true, changes: 'console', friction: 'none' });

/** Takes something of the console's own away: the name of its subject has to be typed. */
export const deleteFromConsole = read.meta({
  mutating: true,
  changes: 'console',
  friction: 'delete',
});
