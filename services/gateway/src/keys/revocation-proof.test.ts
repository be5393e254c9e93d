import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../test-process.ts';
import type { GatewayProcess } from '../test-process.ts';
import { startUpstream } from '../test-rig.ts';
import type { TestUpstream } from '../test-rig.ts';
import { createKeyHasher } from './hash-key.ts';
import { receiptState } from './instance-receipt.ts';
import { mintKey } from './key-format.ts';
import type { KeyRepository } from './key-repository.ts';
import { openPostgresKeyRepository } from './postgres-key-repository.ts';

const INSTANCES = 4;
/** What is promised; a request that is sent later must be refused, however busy the machine is. */
const REVOKED_WITHIN_MS = 1_000;
/** Longer than any confirmation that a decision may rest on. */
const FROZEN_MS = 700;
const SOON = { timeout: 12_000, interval: 20 };
const PEPPER = Buffer.alloc(32, 1);

let postgres: TestPostgres;
let upstream: TestUpstream;
let gateways: GatewayProcess[];
let repository: KeyRepository;

beforeAll(async () => {
  postgres = await startTestPostgres();
  upstream = await startUpstream((request, response) => {
    if (request.url !== '/api/stream') {
      response.end('ok');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\n\n');
  });
  repository = await openPostgresKeyRepository(postgres.url);
  const env = {
    UPSTREAM_URL: upstream.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${PEPPER.toString('base64')}`,
    // A table older than the frozen time must never decide, also when the machine is so busy that a
    // request waits for the store in vain.
    KEYSTORE_FAIL_AFTER_MS: '600',
  };
  gateways = await Promise.all(Array.from({ length: INSTANCES }, () => startGatewayProcess(env)));
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  // An instance that ended in order takes its receipt with it.
  expect(await repository.receipts()).toEqual([]);
  await repository.close();
  await upstream.stop();
  await postgres.stop();
});

/** A key that every instance accepts already. */
async function acceptedKey(): Promise<{ id: string; text: string }> {
  const { id, environment, prefix, last4, text } = mintKey('live');
  const [digest] = createKeyHasher([{ version: 1, secret: PEPPER }])(text);
  const secret = { ...digest, last4, notAfter: null };
  const limits = { expiresAt: null, rateLimitPerMinute: null };
  await repository.create({ id, name: 'test', environment, prefix, secret, ...limits });
  for (const gateway of gateways) await expect.poll(() => statusOf(gateway, text), SOON).toBe(200);
  return { id, text };
}

async function statusOf({ url }: GatewayProcess, key: string): Promise<number> {
  const answer = await fetch(`${url}/api/x`, { headers: { 'x-api-key': key } });
  await answer.arrayBuffer();
  return answer.status;
}

const states = async (epoch: number): Promise<string[]> =>
  (await repository.receipts()).map((receipt) => receiptState(receipt, epoch)).sort();

/** Asks an instance without a pause until it refuses; returns when the last accepted was sent. */
async function lastAccepted(gateway: GatewayProcess, key: string): Promise<number> {
  let sentAt = -Infinity;
  for (;;) {
    const now = performance.now();
    const status = await statusOf(gateway, key);
    if (status === 401) return sentAt;
    // 503: the store did not answer in time, so nothing was decided.
    expect([200, 503]).toContain(status);
    if (status === 200) sentAt = now;
  }
}

describe('revocation on four instances', () => {
  it('is enforced by each within a second, busy or idle, and the receipts say so', async () => {
    for (const busy of [4, 2, 0]) {
      const { id, text } = await acceptedKey();
      const asked = gateways.slice(0, busy).map((gateway) => lastAccepted(gateway, text));
      const { epoch } = await repository.revoke(id, 'proof');
      const revokedAt = performance.now();
      for (const sentAt of await Promise.all(asked)) {
        expect(sentAt - revokedAt).toBeLessThan(REVOKED_WITHIN_MS);
      }
      await expect.poll(() => states(epoch), SOON).toEqual(Array(INSTANCES).fill('confirmed'));
      // Nothing is accepted after the receipt, also not as the first request in a while.
      for (const gateway of gateways) expect([401, 503]).toContain(await statusOf(gateway, text));
    }
  });

  it('holds for an instance that was frozen: it asks before it serves again', async () => {
    const { id, text } = await acceptedKey();
    const frozen = gateways[3];
    if (frozen === undefined) throw new Error('no fourth gateway');
    frozen.child.kill('SIGSTOP');
    const frozenAt = performance.now();
    const { epoch } = await repository.revoke(id, 'frozen');
    // They wait in its sockets and are the first that it sees when it is thawed.
    const early = Array.from({ length: 20 }, () => statusOf(frozen, text));
    await expect
      .poll(() => states(epoch), SOON)
      .toEqual(['behind', 'confirmed', 'confirmed', 'confirmed']);
    await expect.poll(() => performance.now() - frozenAt, SOON).toBeGreaterThan(FROZEN_MS);
    frozen.child.kill('SIGCONT');
    const answers = await Promise.all(early);
    expect(answers.filter((status) => status !== 401 && status !== 503)).toEqual([]);
    await expect.poll(() => statusOf(frozen, text), SOON).toBe(401);
    await expect.poll(() => states(epoch), SOON).toEqual(Array(INSTANCES).fill('confirmed'));
  });

  it('ends the open streams of the key', async () => {
    const { id, text } = await acceptedKey();
    const streams = await Promise.all(
      gateways.map(async ({ url }) => {
        const answer = await fetch(`${url}/api/stream`, { headers: { 'x-api-key': text } });
        const reader = answer.body?.getReader();
        expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: first\n\n');
        return reader;
      }),
    );
    await repository.disable(id, {
      origin: { actor: 'test', role: 'system', reason: '', requestId: '' },
    });
    for (const stream of streams) {
      // An end or a broken connection; a stream that goes on would wait here for ever.
      const end = await stream?.read().catch(() => ({ done: true }));
      expect(end?.done).toBe(true);
    }
  });
});
