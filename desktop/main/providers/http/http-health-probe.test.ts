import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REVISION_HEADER } from '@omni/contracts/headers.ts';
import type { GatewayHealth } from '@omni/contracts/health.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { HttpHealthProbe } from './http-health-probe.ts';

const part = { state: 'ok', since: '2026-01-01T00:00:00.000Z' } as const;
const health: GatewayHealth = {
  status: 'unhealthy',
  version: '1',
  revision: 'gateway-00001',
  services: { proxy: part, upstream: { ...part, state: 'down', reason: 'gone' }, keystore: part },
};

describe('HttpHealthProbe', () => {
  let server: ScriptedServer;
  let probe: HttpHealthProbe;
  let url: string;

  beforeEach(async () => {
    server = new ScriptedServer();
    url = await server.listen();
    probe = new HttpHealthProbe();
  });
  afterEach(async () => {
    await probe.close();
    await server.close();
  });

  it('reads a health report, also one that comes with 503', async () => {
    server.answer = () => ({ status: 503, body: JSON.stringify(health) });
    const answer = await probe.gateway(url);
    expect(answer).toMatchObject({ health, error: null });
    expect(answer.elapsedMs).toBeGreaterThan(0);
    expect(server.requests[0]?.path).toBe('/health');
  });

  it('asks the backend at its own path', async () => {
    await probe.backend(url);
    expect(server.requests[0]?.path).toBe('/api/health');
  });

  it.each(['not json', '{"status":"fine"}', ''])(
    'says when the answer %j is no report',
    async (body) => {
      server.answer = () => ({ status: 200, body });
      expect(await probe.gateway(url)).toMatchObject({
        health: null,
        error: 'answered 200 without a health report',
      });
    },
  );

  it('says that nothing listens', async () => {
    await server.close();
    expect(await probe.gateway(url)).toMatchObject({
      health: null,
      error: 'connection refused: nothing listens there',
    });
  });

  it('says that there was no answer in time', async () => {
    server.answer = () => null;
    const answer = await probe.request({ method: 'GET', url, timeoutMs: 100 });
    expect(answer).toMatchObject({ status: null, error: 'timed out: no answer within 100 ms' });
  });

  it('says that an address makes no sense instead of throwing', async () => {
    const answer = await probe.request({ method: 'GET', url: 'nonsense', timeoutMs: 100 });
    expect(answer.status).toBeNull();
    expect(answer.error).not.toBeNull();
  });

  it('gives back status, revision and the start of the body, and sends what it was given', async () => {
    server.answer = () => ({
      status: 201,
      headers: { [REVISION_HEADER]: 'gateway-00007' },
      body: 'x'.repeat(5_000),
    });
    const answer = await probe.request({
      method: 'POST',
      url: `${url}/api?q=1`,
      headers: { 'x-api-key': 'key' },
      body: '{"a":1}',
      timeoutMs: 1_000,
    });
    expect(answer).toMatchObject({ status: 201, revision: 'gateway-00007', error: null });
    expect(answer.body).toHaveLength(2_000);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/api?q=1', body: '{"a":1}' });
    expect(server.requests[0]?.headers['x-api-key']).toBe('key');
  });

  it('does not take in an answer without end', async () => {
    server.answer = () => ({ status: 200, body: 'x'.repeat(2 * 1024 * 1024) });
    const answer = await probe.request({ method: 'GET', url, timeoutMs: 2_000 });
    expect(answer.error).toBe('the answer is larger than anything expected there');
  });
});
