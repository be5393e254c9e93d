import { oc } from '@orpc/contract';
import { CONTRACT_ERRORS } from './errors.ts';

/**
 * What the router knows of a procedure besides its shape. `mutating` procedures leave exactly one
 * audit entry; those that change the target are refused while it is read-only.
 */
export interface ProcedureMeta {
  readonly mutating: boolean;
  readonly changes: 'nothing' | 'target' | 'console';
}

const base = oc.$meta<ProcedureMeta>({ mutating: false, changes: 'nothing' });

/** A procedure that only reads. */
export const read = base.errors(CONTRACT_ERRORS);

/** A procedure that changes the chosen target. */
export const mutate = read.meta({ mutating: true, changes: 'target' });

/** A procedure that changes the console's own state or stops something: allowed on a read-only target too. */
export const mutateConsole = read.meta({ mutating: true, changes: 'console' });
