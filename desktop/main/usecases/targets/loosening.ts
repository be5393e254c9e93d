import type { Target, TargetClass, TargetMode } from '../../../shared/domain/target.ts';

const STRICTNESS: Readonly<Record<TargetMode, number>> = {
  normal: 0,
  protected: 1,
  'read-only': 2,
};
const HARM: Readonly<Record<TargetClass, number>> = { dev: 0, stage: 1, prod: 2 };

/**
 * Does this mode let the page do what it may not do now, so that the human has to be asked? A browser
 * can't ask: whoever made a development target read-only there has to get out again in the same
 * browser, and nothing on such a target is worth locking them out for ever. A target that was
 * protected was meant to ask, also after it was made read-only in between.
 */
export function isLooserMode(target: Target, mode: TargetMode): boolean {
  if (STRICTNESS[mode] >= STRICTNESS[target.mode]) return false;
  return isGuarded(target);
}

/** A lower class takes confirmations away, and lets a read-only target be opened unasked. */
export function isLowerClass(target: Target, next: TargetClass): boolean {
  return HARM[next] < HARM[target.class];
}

/** May this target only be loosened, moved or removed with the human's consent? */
export function isGuarded(target: Target): boolean {
  if (target.guarded || target.mode === 'protected') return true;
  return target.mode === 'read-only' && target.class !== 'dev';
}
