import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readBackendConfig } from './config.ts';
import { VERSION } from './version.ts';

describe('the configuration', () => {
  it('listens on loopback unless the platform needs more', () => {
    expect(readBackendConfig({})).toMatchObject({ host: '127.0.0.1', port: 8080 });
    expect(readBackendConfig({ K_SERVICE: 'b' }).host).toBe('0.0.0.0');
    expect(readBackendConfig({ K_SERVICE: 'b', HOST: '127.0.0.1' }).host).toBe('127.0.0.1');
  });

  it('refuses internal mode without a secret', () => {
    expect(() => readBackendConfig({ RUN_AS_INTERNAL: '1' })).toThrow(
      expect.objectContaining({ code: 'PRINCIPAL_SECRET_MISSING' }),
    );
  });

  it('names every wrong variable and no value', () => {
    const wrong = { PORT: 'eighty', DATABASE_URL: 'mysql://root:hunter22@db' };
    expect(() => readBackendConfig(wrong)).toThrow(/PORT.*DATABASE_URL/);
    expect(() => readBackendConfig(wrong)).not.toThrow(/hunter22/);
  });
});

it('has the version of its package', () => {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(VERSION).toBe((JSON.parse(file) as { version: string }).version);
});
