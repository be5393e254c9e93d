import { randomUUID } from 'node:crypto';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../src/test-process.ts';
import type { GatewayProcess } from '../src/test-process.ts';
import { ask } from './raw-client.ts';

const TOKEN = 'a-token-for-the-administrator';

describe('the body of an admin request', () => {
  let postgres: TestPostgres;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    gateway = await startGatewayProcess({
      UPSTREAM_URL: 'http://127.0.0.1:9',
      DATABASE_URL: postgres.url,
      KEY_PEPPERS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
      ADMIN_TOKEN: TOKEN,
    });
  });
  afterAll(async () => {
    await gateway.stop('SIGKILL');
    await postgres.stop();
  });

  async function create(contentType: string, body: string): Promise<number> {
    const { port, host } = new URL(gateway.url);
    const lines = [
      `POST /admin/v1/keys HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${TOKEN}`,
      `Idempotency-Key: ${randomUUID()}`,
      `Content-Type: ${contentType}`,
      `Content-Length: ${body.length}`,
    ];
    const { statuses } = await ask(Number(port), `${lines.join('\r\n')}\r\n\r\n${body}`, {
      answers: 1,
    });
    return statuses[0] ?? 0;
  }

  it.each([
    'application/json',
    'application/json\ta',
    'application/json\t;charset=utf-8',
    'application/json garbage',
    'application/json; charset=utf-8; x',
    ' application/json',
    'APPLICATION/JSON',
    'text/plain',
    'application/jsonx',
    'application/x-www-form-urlencoded',
    '',
  ])('CVE-2026-3419, CVE-2026-25223: %j does not get a body past its schema', async (type) => {
    // No name, and a limit that is none: refused whatever the type says.
    const status = await create(type, '{"name":"","rateLimitPerMinute":-1}');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('passes where it fits', async () => {
    expect(await create('application/json', '{"name":"fits"}')).toBe(201);
  });
});
