import { describe, expect, it } from 'vitest';
import type { KeyForm } from './key-form.ts';
import { checkKeyForm, EMPTY_KEY_FORM, expiryDate } from './key-form.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const form = (part: Partial<KeyForm>): KeyForm => ({ ...EMPTY_KEY_FORM, name: 'mobile', ...part });

describe('the form of a new key', () => {
  it('becomes what the contract asks for', async () => {
    const checked = await checkKeyForm(form({ name: '  mobile-app ', expiry: '30d' }), NOW);
    expect(checked).toEqual({
      input: {
        name: 'mobile-app',
        environment: 'live',
        rateLimitPerMinute: 120,
        expiresAt: '2026-05-31T12:00:00.000Z',
      },
    });
  });

  it('reads an empty limit as no limit and never as no end', async () => {
    const checked = await checkKeyForm(form({ limit: ' ', expiry: 'never' }), NOW);
    expect(checked).toMatchObject({ input: { rateLimitPerMinute: null, expiresAt: null } });
  });

  it.each([
    [{ name: '   ' }, { name: 'Give the key a name.' }],
    [{ name: 'x'.repeat(81) }, { name: 'At most 80 characters.' }],
    [{ environment: 'Live' }, { environment: 'Two to eight small letters.' }],
    [{ limit: '0' }, { limit: 'At least 1.' }],
    [{ limit: '1.5' }, { limit: 'A whole number.' }],
    [{ limit: 'many' }, { limit: 'A whole number.' }],
  ])('refuses %j with %j', async (part, errors) => {
    expect(await checkKeyForm(form(part), NOW)).toEqual({ errors });
  });

  it('counts an expiry from now', () => {
    expect(expiryDate('7d', NOW)).toBe('2026-05-08T12:00:00.000Z');
    expect(expiryDate('365d', NOW)).toBe('2027-05-01T12:00:00.000Z');
    expect(expiryDate('never', NOW)).toBeNull();
  });
});
