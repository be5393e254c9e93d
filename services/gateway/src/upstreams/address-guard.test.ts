import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { guardedLookup, isForbiddenAddress, isForbiddenHost } from './address-guard.ts';

const hostOf = (url: string): string => new URL(url).hostname;

describe('addresses that no upstream may have', () => {
  it.each([
    'http://169.254.169.254',
    'http://169.254.0.1:8080',
    'http://0xA9FEA9FE',
    'http://2852039166',
    'http://[::ffff:169.254.169.254]',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://metadata.google.internal',
    'http://Metadata.Google.Internal.',
    'http://100.100.100.200',
    'http://0.0.0.0',
    'http://[::]',
    'http://255.255.255.255',
  ])('%s', (url) => {
    expect(isForbiddenHost(hostOf(url))).toBe(true);
  });

  it.each(['http://127.0.0.1', 'http://10.0.0.1', 'http://[::1]', 'https://backend.example.com'])(
    'but %s may be one',
    (url) => {
      expect(isForbiddenHost(hostOf(url))).toBe(false);
    },
  );

  it('are refused also when a name resolves to them', async () => {
    const resolve = promisify(guardedLookup);
    await expect(resolve('169.254.169.254', {})).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    await expect(resolve('169.254.169.254', { all: true })).rejects.toThrow('forbidden address');
    expect(await resolve('127.0.0.1', {})).toBe('127.0.0.1');
    expect(isForbiddenAddress('fe80::1%eth0')).toBe(true);
  });
});
