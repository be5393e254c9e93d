import { oc } from '@orpc/contract';
import { CONTRACT_ERRORS } from './errors.ts';

/**
 * What the router knows of a procedure besides its shape. `mutating` procedures are refused on a
 * read-only target and leave exactly one audit entry.
 */
export interface ProcedureMeta {
  readonly mutating: boolean;
}

/** A procedure that only reads. */
export const read = oc.$meta<ProcedureMeta>({ mutating: false }).errors(CONTRACT_ERRORS);

/** A procedure that changes a target or the console's own state. */
export const mutate = oc.$meta<ProcedureMeta>({ mutating: true }).errors(CONTRACT_ERRORS);
