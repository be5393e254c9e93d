import { PRINCIPAL_HEADER } from '@omni/contracts/headers.ts';
import { signPrincipal } from '@omni/kit/principal.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TestService } from '../testing/test-service.ts';
import { createTestService } from '../testing/test-service.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

const secret = 'a-secret-of-this-test';
let test: TestService | undefined;
afterEach(async () => {
  await test?.close();
});

/** Status of an unload of an unknown model: 404 says that the caller was let through. */
async function unload(headers: Record<string, string> = {}): Promise<number | undefined> {
  const url = '/v2/repository/models/none/unload';
  return (await test?.app.inject({ method: 'POST', url, headers }))?.statusCode;
}

describe('who may load and unload', () => {
  it('in internal mode: the keys that are named, and nobody by being near', async () => {
    test = await createTestService({
      RUN_AS_INTERNAL: '1',
      PRINCIPAL_SECRET: secret,
      MODEL_ADMIN_KEYS: 'key_admin,key_other',
    });
    const as = (keyId: string): Record<string, string> => ({
      [PRINCIPAL_HEADER]: signPrincipal(
        { keyId, environment: 'live', identity: null, scopes: [] },
        secret,
        Date.now(),
      ),
    });
    expect(await unload(as('key_admin'))).toBe(404);
    expect(await unload(as('key_user'))).toBe(403);
    expect(await unload()).toBe(401);
  });

  it('otherwise: callers of loopback, but no page of another origin', async () => {
    test = await createTestService();
    expect(await unload({ host: '127.0.0.1:8080' })).toBe(404);
    expect(await unload({ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' })).toBe(404);
    expect(await unload({ host: '127.0.0.1:8080', origin: 'https://evil.example' })).toBe(403);
    expect(await unload({ host: 'evil.example' })).toBe(403);
  });

  it('nobody on a service that others can reach without the gateway', async () => {
    test = await createTestService({ HOST: '0.0.0.0' });
    expect(await unload({ host: '127.0.0.1:8080' })).toBe(403);
  });
});
