import type { FaultBook } from './fault-book.ts';

/** The one user owns the machine and holds every permission, except those that a fault took. */
export function isHeld(faults: FaultBook, permission: string): boolean {
  return (
    faults.find('permission-denied', ({ permissions }) => permissions.includes(permission)) === null
  );
}
