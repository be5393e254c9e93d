import { describe, expect, it } from 'vitest';
import { CONSENT_WITHIN_MS } from '../../ports/operator-consent.ts';
import { fakeCore } from '../../testing/fake-core.ts';
import { createKey } from '../keys/create-key.ts';

const key = { name: 'alice', environment: 'live', expiresAt: null, rateLimitPerMinute: null };

describe('consent that nobody gives', () => {
  it('is a refusal in time, takes the question away, and a late yes changes nothing', async () => {
    const { core, clock, consent, keys } = fakeCore({ mode: 'protected', hurried: false });
    let sayYes: (answer: boolean) => void = () => undefined;
    consent.answer = new Promise((resolve) => (sayYes = resolve));
    const outcome = createKey(core, key).catch((error: unknown) => error);
    await expect.poll(() => consent.asked.length).toBe(1);
    await clock.advance(CONSENT_WITHIN_MS);
    expect(await outcome).toMatchObject({
      code: 'CANCELLED',
      message: expect.stringContaining('within 20 s') as string,
    });
    expect(consent.signals[0]?.aborted).toBe(true);
    sayYes(true);
    await clock.advance(1000);
    expect(await keys.list()).toEqual([]);
  });

  it('leaves no clock running once it was answered', async () => {
    const { core, clock, keys } = fakeCore({ mode: 'protected', hurried: false });
    await createKey(core, key);
    expect(clock.sleeping).toBe(0);
    expect(await keys.list()).toHaveLength(1);
  });
});
