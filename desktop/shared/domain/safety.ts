import type { TargetClass } from './target.ts';

/** How far a change reaches, which decides what stands between a click and its effect. */
export type Friction =
  /** The console's own state, or an end of something. */
  | 'none'
  /** A deploy, a traffic change, a new key. */
  | 'ordinary'
  /** The way back: it has to work at once, and can be undone. */
  | 'urgent'
  /** Can't be undone, and must not wait: a key that is revoked. */
  | 'final'
  /** Can't be undone, and can wait. */
  | 'delete';

export interface Safety {
  /** Whose name has to be typed, null when nobody's. */
  readonly typed: 'target' | 'subject' | null;
  /** Does it wait for the time in which it can be taken back? */
  readonly waits: boolean;
}

/** How long a change can be taken back before anything of it is sent. */
export const CANCEL_WINDOW_MS = 5_000;

const FREE: Safety = { typed: null, waits: false };

/** The whole table of confirmations (docs/operations/target-safety.md). Enforced in main. */
export function safetyOf(friction: Friction, targetClass: TargetClass): Safety {
  switch (friction) {
    case 'none':
    case 'urgent':
      return FREE;
    case 'ordinary':
      return { typed: targetClass === 'prod' ? 'target' : null, waits: true };
    case 'final':
      return { typed: 'subject', waits: false };
    case 'delete':
      return { typed: 'subject', waits: true };
  }
}

/** A change that was confirmed and can still be taken back: nothing of it has been sent. */
export interface PendingChange {
  readonly id: string;
  /** `deployments.deploy` */
  readonly action: string;
  readonly subject: string;
  /** Name of the target. */
  readonly target: string;
  /** Epoch ms. */
  readonly confirmedAt: number;
  readonly startsAt: number;
}
