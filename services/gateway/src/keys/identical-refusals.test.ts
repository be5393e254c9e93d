import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, startGateway, startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestGateway, TestUpstream } from '../test-rig.ts';
import { createKeyHasher } from './hash-key.ts';
import { mintKey } from './key-format.ts';
import type { KeyRepository, NewKey } from './key-repository.ts';
import { openPostgresKeyRepository } from './postgres-key-repository.ts';

const PEPPER = Buffer.alloc(32, 3);
const context = { origin: { actor: 'test', role: 'system', reason: '', requestId: '' } } as const;
const SOON = { timeout: 12_000, interval: 20 };

let postgres: TestPostgres;
let upstream: TestUpstream;
let gateway: TestGateway;
let repository: KeyRepository;

beforeAll(async () => {
  postgres = await startTestPostgres();
  upstream = await startUpstream((_request, response) => response.end('ok'));
  repository = await openPostgresKeyRepository(postgres.url);
  gateway = await startGateway({
    UPSTREAM_URL: upstream.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${PEPPER.toString('base64')}`,
    KEY_ENVIRONMENTS: 'live',
  });
});
afterAll(async () => {
  await gateway.stop();
  await repository.close();
  await upstream.stop();
  await postgres.stop();
});

async function storedKey(changes: Partial<NewKey> = {}): Promise<{ id: string; text: string }> {
  const { id, environment, prefix, last4, text } = mintKey(changes.environment ?? 'live');
  const [digest] = createKeyHasher([{ version: 1, secret: PEPPER }])(text);
  const secret = { ...digest, last4, notAfter: null };
  const limits = { expiresAt: null, rateLimitPerMinute: null };
  await repository.create(
    { id, name: 'test', environment, prefix, secret, ...limits, ...changes },
    context,
  );
  return { id, text };
}

/** The whole answer as bytes, but for the two headers that differ between any two answers. */
async function answerTo(...headers: string[]): Promise<string> {
  const lines = ['GET /api/x HTTP/1.1', 'Host: a', ...headers, 'Connection: close'];
  const answer = await sendRaw(gateway.port, `${lines.join('\r\n')}\r\n\r\n`);
  return answer.replace(/^(x-request-id|date): .*\r\n/gim, '$1\r\n');
}

async function ended(end: (id: string) => Promise<unknown>): Promise<string> {
  const { id, text } = await storedKey();
  await end(id);
  return text;
}

/** What a client may present that is not right, and how it came about. */
const WRONG: Readonly<Record<string, () => Promise<string> | string>> = {
  'an unknown key': () => mintKey('live').text,
  'a wrong secret': async () => mintKey('live', (await storedKey()).id).text,
  'a malformed key': () => `${mintKey('live').text.slice(0, -1)}-`,
  junk: () => "'--",
  'a static key with one character more': () => `${TEST_KEY}x`,
  'a revoked key': () => ended((id) => repository.revoke(id, '', context)),
  'a disabled key': () => ended((id) => repository.disable(id, context)),
  'a deleted key': () => ended((id) => repository.remove(id, context)),
  'an expired key': async () => (await storedKey({ expiresAt: new Date(0) })).text,
  'a key of another environment': async () => (await storedKey({ environment: 'test' })).text,
  'a key for other addresses': async () =>
    (await storedKey({ policy: { cidrs: ['192.0.2.0/24'] } })).text,
};

describe('the answer to a wrong key', () => {
  it('comes once the keys are loaded', async () => {
    const isReady = async (): Promise<boolean> => (await fetch(`${gateway.url}/health/ready`)).ok;
    await expect.poll(isReady, SOON).toBe(true);
  });

  it.each(Object.entries(WRONG))('is the same to the byte: %s', async (_name, make) => {
    const missing = await answerTo();
    expect(missing).toMatch(/^HTTP\/1\.1 401 /);
    const text = await make();
    // What was changed a moment ago may still be on its way here.
    await expect.poll(() => answerTo(`x-api-key: ${text}`), SOON).toBe(missing);
    expect(await answerTo(`authorization: Bearer ${text}`)).toBe(missing);
  });

  it('is another one only when the secret was right: it names the scope', async () => {
    const { text } = await storedKey({ policy: { scopes: ['GET /api/y'] } });
    const reached = upstream.requests.length;
    const answer = await answerTo(`x-api-key: ${text}`);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('"code":"scope_denied"');
    expect(answer).toContain('GET /api/x');
    expect(upstream.requests).toHaveLength(reached);
  });

  it('says why in the log only', () => {
    for (const reason of ['unknown', 'bad_secret', 'revoked', 'disabled', 'environment', 'ip']) {
      expect(gateway.log()).toContain(reason);
    }
  });
});
