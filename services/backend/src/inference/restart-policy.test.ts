import { expect, it } from 'vitest';
import { decideRestart } from './restart-policy.ts';

it.each([
  { ages: [0], delayMs: 100, crashLoop: false },
  { ages: [0, 1_000], delayMs: 200, crashLoop: false },
  { ages: [0, 1_000, 2_000, 3_000, 4_000], delayMs: 1_600, crashLoop: true },
  { ages: Array.from({ length: 10 }, (_, index) => index), delayMs: 10_000, crashLoop: true },
  { ages: [0, 61_000, 62_000, 63_000, 64_000], delayMs: 100, crashLoop: false },
])('waits $delayMs ms after deaths $ages ms ago', ({ ages, delayMs, crashLoop }) => {
  const now = 100_000;
  expect(
    decideRestart(
      ages.map((age) => now - age),
      now,
    ),
  ).toEqual({ delayMs, crashLoop });
});
