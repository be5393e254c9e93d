import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApiKeyAuth } from './api-key-auth.ts';
import { createAuthThrottle } from './auth-throttle.ts';
import { createExplainKey } from './explain-key.ts';
import type { ExplainKey } from './explain-key.ts';
import { createKeyHasher, processPepper } from './hash-key.ts';
import { mintKey } from './key-format.ts';
import type { StoredKey } from './key-repository.ts';
import { memoryKeys, storedKey } from './testing/memory-keys.ts';
import type { MemoryKeys } from './testing/memory-keys.ts';

const hasher = createKeyHasher(processPepper());
/** A busy machine takes its time. */
const PATIENCE_MS = 60_000;
const NOW = 1_700_000_000_000;
const minted = mintKey('live');

const when = fc.constantFrom(null, new Date(NOW));
const anyKey: fc.Arbitrary<Partial<StoredKey>> = fc.record({
  revokedAt: when,
  disabledAt: when,
  deletedAt: when,
  expiresAt: fc.constantFrom(null, new Date(NOW), new Date(NOW + 1)),
  environment: fc.constantFrom('live', 'test'),
  cidrs: fc.constantFrom<string[]>([], ['10.0.0.0/8'], ['::1', '192.168.0.0/16']),
  scopes: fc.constantFrom<string[]>([], ['GET /a'], ['* /a/**', 'GET /b'], ['metrics:read']),
});
const anyText = fc.oneof(
  { weight: 8, arbitrary: fc.constant(minted.text) },
  fc.constantFrom('junk', '', mintKey('live').text, `${minted.text}0`),
);
const anyRequest = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/a', '/a/b', '/b', '/c'),
  clientAddress: fc.constantFrom('10.1.1.1', '::ffff:10.1.1.1', '::1', '8.8.8.8'),
});

const environments = new Set(['live']);
const explainOf = (stored: MemoryKeys): ExplainKey =>
  createExplainKey({ hasher, stored, environments });

describe('createExplainKey', () => {
  it(
    'says what the decision is, in 10,000 random cases',
    async () => {
      const half: fc.Arbitrary<Partial<StoredKey>> = fc.oneof(
        { weight: 2, arbitrary: fc.constant({}) },
        anyKey,
      );
      const stored = memoryKeys([], { nowMs: NOW });
      // A minute passes between the cases, so that nobody is blocked.
      let minutes = 0;
      const throttle = createAuthThrottle(() => (minutes += 60_000));
      const auth = createApiKeyAuth({ hasher, staticKeys: [], stored, throttle, environments });
      await fc.assert(
        fc.asyncProperty(half, anyText, anyRequest, async (changes, text, request) => {
          stored.put(storedKey(minted, hasher, changes));
          const decision = await auth(text, request);
          const explained = explainOf(stored)({ text }, request);
          expect(explained.kind).toBe(decision.kind);
          expect(explained.reason).toBe('reason' in decision ? decision.reason : null);
          const refused = explained.steps.filter((step) => step.outcome === 'refused');
          expect(refused).toHaveLength(decision.kind === 'allowed' ? 0 : 1);
        }),
        { numRuns: 10_000 },
      );
    },
    PATIENCE_MS,
  );

  it('walks the checks in order, and asks nothing after a refusal', () => {
    const key = storedKey(minted, hasher, { cidrs: ['::1'], scopes: ['GET /other'] });
    const explain = explainOf(memoryKeys([key], { nowMs: NOW }));
    const request = { method: 'GET', path: '/a', clientAddress: '10.0.0.1' };
    const { kind, reason, steps } = explain({ keyId: minted.id }, request);
    expect({ kind, reason }).toEqual({ kind: 'refused', reason: 'ip' });
    expect(steps.map((step) => `${step.check} ${step.outcome}`)).toEqual([
      ...['grammar passed', 'record passed', 'secret passed', 'revoked passed', 'disabled passed'],
      ...[
        'deleted passed',
        'expired passed',
        'environment passed',
        'ip refused',
        'scope not_asked',
      ],
    ]);
  });

  it('leaves out the address when none is given, and tries other scopes', () => {
    const key = storedKey(minted, hasher, { cidrs: ['::1'], scopes: ['GET /other'] });
    const explain = explainOf(memoryKeys([key], { nowMs: NOW }));
    const request = { method: 'GET', path: '/a' };
    expect(explain({ keyId: minted.id }, request)).toMatchObject({ kind: 'forbidden' });
    const narrowed = explain({ keyId: minted.id }, { ...request, scopes: ['GET /a'] });
    expect(narrowed.kind).toBe('allowed');
    expect(explain({ keyId: 'nosuchkey' }, request)).toMatchObject({ reason: 'unknown' });
  });
});
