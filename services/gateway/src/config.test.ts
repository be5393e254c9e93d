import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readGatewayConfig } from './config.ts';
import { VERSION } from './version.ts';

const UPSTREAM_URL = 'http://127.0.0.1:8080';

describe('readGatewayConfig', () => {
  it('needs only UPSTREAM_URL and stays on loopback', () => {
    const config = readGatewayConfig({ UPSTREAM_URL });
    expect(config).toMatchObject({ PORT: 8080, host: '127.0.0.1', trustedHops: 0 });
  });

  it('listens on every address in a container and trusts its front end', () => {
    const env = { UPSTREAM_URL, K_SERVICE: 'ai-gateway' };
    expect(readGatewayConfig(env)).toMatchObject({ host: '0.0.0.0', trustedHops: 1 });
    expect(readGatewayConfig({ ...env, HOST: '127.0.0.1' }).host).toBe('127.0.0.1');
  });

  it('polls for the next request only where no autoscaler follows the processor', () => {
    const pollOf = (env: Readonly<Record<string, string>>): number =>
      readGatewayConfig({ UPSTREAM_URL, ...env }).busyPollUs;
    expect(pollOf({})).toBe(100);
    expect(pollOf({ BUSY_POLL_US: '0' })).toBe(0);
    for (const scaled of [{ K_SERVICE: 'ai-gateway' }, { KUBERNETES_SERVICE_HOST: '10.0.0.1' }]) {
      expect(pollOf(scaled)).toBe(0);
      expect(pollOf({ ...scaled, BUSY_POLL_US: '50' })).toBe(50);
    }
  });

  it('splits keys on commas, spaces and newlines, without empties and doubles', () => {
    const config = readGatewayConfig({ UPSTREAM_URL, API_KEYS: ' a,b\nc,, a ' });
    expect(config.API_KEYS).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['ftp://a', 'UPSTREAM_URL'],
    ['http://user:pw@a', 'UPSTREAM_URL'],
    ['http://a/?x=1', 'UPSTREAM_URL'],
    ['backend:8080', 'UPSTREAM_URL'],
  ])('refuses %s', (url, variable) => {
    expect(() => readGatewayConfig({ UPSTREAM_URL: url })).toThrow(variable);
  });

  it('never repeats a secret', () => {
    const env = { UPSTREAM_URL, ADMIN_TOKEN: 'short-secret', KEY_PEPPERS: 'pepper-secret' };
    expect(() => readGatewayConfig(env)).toThrow('ADMIN_TOKEN');
    expect(() => readGatewayConfig(env)).not.toThrow(/short-secret|pepper-secret/);
  });
});

it('VERSION is that of package.json', () => {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toMatchObject({ version: VERSION });
});
