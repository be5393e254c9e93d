import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AddressLimit } from './rate-limit.ts';

it('lets through no more than the rate and its burst, and always after the wait it names', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 600 }), (all, perMinute) => {
      const limit = new AddressLimit(perMinute);
      let now = 0;
      let passed = 0;
      for (const gap of all) {
        now += gap;
        const waitMs = limit.check('a', now);
        if (waitMs === 0) passed += 1;
        else expect(waitMs).toBeGreaterThan(0);
      }
      const burst = Math.max(1, (perMinute / 60) * 10);
      expect(passed).toBeLessThanOrEqual(burst + (now / 60_000) * perMinute + 1);
      const waitMs = limit.check('a', now);
      if (waitMs > 0) expect(limit.check('a', now + waitMs)).toBe(0);
    }),
  );
});
