import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startGatewayProcess } from '../test-process.ts';
import type { GatewayProcess } from '../test-process.ts';
import { startUpstream, TEST_KEY } from '../test-rig.ts';
import type { TestUpstream } from '../test-rig.ts';
import { newKey } from './testing/new-key.ts';

let postgres: TestPostgres;
let upstream: TestUpstream;
let gateway: GatewayProcess;

beforeEach(async () => {
  postgres = await startTestPostgres();
  upstream = await startUpstream((_request, response) => response.end('ok'));
  gateway = await startGatewayProcess({
    UPSTREAM_URL: upstream.url,
    DATABASE_URL: postgres.url,
    KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
    API_KEYS: TEST_KEY,
  });
});
afterEach(async () => {
  await gateway.stop('SIGKILL');
  await upstream.stop();
  await postgres.stop();
});

const statusWith = async (key: string): Promise<number> =>
  (await fetch(`${gateway.url}/api/x`, { headers: { 'x-api-key': key } })).status;

async function keystoreState(): Promise<string | undefined> {
  const health = await (await fetch(`${gateway.url}/health`)).json();
  return (health as { services: { keystore?: { state: string } } }).services.keystore?.state;
}

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };

it('lives on when the store dies under a query', async () => {
  await expect.poll(keystoreState, SOON).toBe('ok');
  postgres.pause();
  // An unknown key asks the silent store; its query is still under way when this is answered.
  expect([401, 503]).toContain(await statusWith(newKey().text));
  await postgres.kill();
  await expect.poll(gateway.output, SOON).toContain('KEYSTORE_UNREACHABLE');
  expect(await statusWith(TEST_KEY)).toBe(200);
  expect(gateway.child.exitCode).toBeNull();
});

it('exits 0 on SIGTERM while the store is silent', async () => {
  await expect.poll(keystoreState, SOON).toBe('ok');
  // Leaves a time of use to write.
  expect(await statusWith(TEST_KEY)).toBe(200);
  postgres.pause();
  expect(await gateway.stop()).toBe(0);
  expect(gateway.output()).toContain('Key store not closed in order');
});
