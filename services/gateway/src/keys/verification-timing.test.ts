import { expect, it } from 'vitest';
import { measureTiming } from './testing/measure-timing.ts';
import { blockedAuth, WRONG_KEYS } from './testing/timed-kinds.ts';

/** Of each of the three kinds: 120,000 in all. */
const SAMPLES = 40_000;
/** TVLA's bound: beyond it the difference is no chance. */
const T_BOUND = 4.5;
/** Leaving out the HMAC would show ten times more, also on a busy machine. */
const TRIMMED_BOUND_NS = 250;
const PATIENCE_MS = 90_000;

const subject = { method: 'GET', path: '/v1/models', clientAddress: '10.0.0.1' };

it(
  'takes as long for a wrong secret, an unknown id and a malformed key',
  () => {
    const auth = blockedAuth();
    const contrasts = measureTiming(WRONG_KEYS, SAMPLES, (text) => auth(text, subject));
    for (const { t, trimmedNs } of contrasts) {
      expect(Math.abs(t)).toBeLessThan(T_BOUND);
      expect(Math.abs(trimmedNs)).toBeLessThan(TRIMMED_BOUND_NS);
    }
  },
  PATIENCE_MS,
);

it(
  'would be noticed if it left early: the same measurement of a hasty variant',
  () => {
    const auth = blockedAuth();
    const hasty = (text: string): unknown => {
      const decision = auth(text, subject);
      // As if a malformed key were refused before anything is hashed, the other way round.
      return 'reason' in decision && decision.reason === 'malformed'
        ? auth(text, subject)
        : decision;
    };
    const contrasts = measureTiming(WRONG_KEYS, 5_000, hasty);
    const malformed = contrasts.filter(({ kinds }) => kinds.endsWith('malformed'));
    for (const { trimmedNs } of malformed) expect(trimmedNs).toBeLessThan(-TRIMMED_BOUND_NS);
  },
  PATIENCE_MS,
);
