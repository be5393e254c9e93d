import { describe, expect, it } from 'vitest';
import { RevisionFailure, instanceEnvironment } from './instance-environment.ts';

const identity = {
  service: 'shop',
  revision: 'shop-00001-abc',
  instance: 'i1',
  port: 4000,
  scratchDir: '/scratch',
};
const sources = {
  own: { PATH: '/bin', AWS_SECRET: 'leak', HOME: '/home/me' },
  readSecret: (name: string) => (name === 'token' ? 'hidden' : null),
  databaseUrl: 'postgres://db',
};

describe('instanceEnvironment', () => {
  it('is an allow list, the template and the platform, the platform last', () => {
    const secretKeyRef = { secret: 'token', version: 'latest' };
    const env = [
      { name: 'A', value: '1' },
      { name: 'EMPTY' },
      { name: 'TOKEN', valueSource: { secretKeyRef } },
    ];
    expect(instanceEnvironment(identity, { containers: [{ env }] }, sources)).toEqual({
      PATH: '/bin',
      HOME: '/scratch',
      TMPDIR: '/scratch',
      DATABASE_URL: 'postgres://db',
      A: '1',
      EMPTY: '',
      TOKEN: 'hidden',
      PORT: '4000',
      HOST: '127.0.0.1',
      K_SERVICE: 'shop',
      K_REVISION: 'shop-00001-abc',
      K_CONFIGURATION: 'shop',
      OMNI_INSTANCE_ID: 'i1',
    });
  });

  it('has no DATABASE_URL without a database, and names a missing secret', () => {
    const without = instanceEnvironment(identity, {}, { ...sources, databaseUrl: null });
    expect(without).not.toHaveProperty('DATABASE_URL');
    const env = [{ name: 'T', valueSource: { secretKeyRef: { secret: 'other' } } }];
    const attempt = (): unknown =>
      instanceEnvironment(identity, { containers: [{ env }] }, sources);
    expect(attempt).toThrow(RevisionFailure);
    expect(attempt).toThrow('Secret other');
  });
});
