import { expect, it } from 'vitest';
import { DomainError } from '../../ports/domain-error.ts';
import { KeptReachability } from './kept-reachability.ts';

const refused = new DomainError({
  code: 'CREDENTIALS_MISSING',
  message: 'none',
  nextStep: 'sign in',
});

/** A platform that counts how often it is asked. */
function platform(): { reach: KeptReachability; asked: () => number; pass: (ms: number) => void } {
  let now = 0;
  let asked = 0;
  const ask = (): Promise<never> => {
    asked += 1;
    return Promise.reject(refused);
  };
  return {
    reach: new KeptReachability(ask, () => now),
    asked: () => asked,
    pass: (ms) => (now += ms),
  };
}

it('asks a platform that refuses less and less often, and gives its reason meanwhile', async () => {
  const { reach, asked, pass } = platform();
  for (let second = 0; second < 120; second += 1) {
    expect(await reach.read()).toEqual({ reachable: false, reason: 'none' });
    // While it is asked again the last answer stands; let the new one come in.
    await new Promise((next) => setImmediate(next));
    pass(1_000);
  }
  // At 0, 10, 30 and 70 s; then each minute.
  expect(asked()).toBe(4);
});

it('asks again at once after the credentials have changed', async () => {
  const { reach, asked } = platform();
  await reach.read();
  await reach.read();
  expect(asked()).toBe(1);
  reach.forget();
  await reach.read();
  expect(asked()).toBe(2);
});
