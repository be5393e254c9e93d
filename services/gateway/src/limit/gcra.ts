/**
 * Generic cell rate algorithm, pure, in integer microseconds. All state is one number, the
 * theoretical arrival time (TAT): when everything spent so far would have been paid for.
 */
export interface GcraRule {
  /** What one request pays. */
  readonly costUs: number;
  /** What may be unpaid at most: the burst. */
  readonly toleranceUs: number;
}

/** Microseconds until a request would be admitted; 0 when it is now. */
export function gcraWait(rule: GcraRule, tatUs: number, nowUs: number): number {
  const unpaid = tatUs > nowUs ? tatUs - nowUs : 0;
  const wait = unpaid + rule.costUs - rule.toleranceUs;
  return wait > 0 ? wait : 0;
}

/** The TAT after an admitted request. A refused one changes nothing. */
export function gcraSpend(rule: GcraRule, tatUs: number, nowUs: number): number {
  return (tatUs > nowUs ? tatUs : nowUs) + rule.costUs;
}

/** How many more requests would be admitted at once. */
export function gcraRemaining(rule: GcraRule, tatUs: number, nowUs: number): number {
  const unpaid = tatUs > nowUs ? tatUs - nowUs : 0;
  return unpaid >= rule.toleranceUs ? 0 : Math.floor((rule.toleranceUs - unpaid) / rule.costUs);
}
