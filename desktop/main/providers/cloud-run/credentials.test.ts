import { OAuth2Client } from 'google-auth-library';
import { describe, expect, it } from 'vitest';
import { addressKey, authorise } from './credentials.ts';
import { RunClientPool } from './run-clients.ts';

describe('authorise', () => {
  it('gives back a client that has a token', async () => {
    const client = new OAuth2Client();
    client.setCredentials({ access_token: 'token', expiry_date: Date.now() + 3_600_000 });
    expect(await authorise(() => Promise.resolve(client))).toBe(client);
  });

  it.each([
    ['there are no credentials', () => Promise.reject(new Error('no ADC'))],
    ['the client has no token', () => Promise.resolve(new OAuth2Client())],
  ])('says PERMISSION_DENIED and what to do when %s', async (_, create) => {
    await expect(authorise(create)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      nextStep: expect.stringContaining('gcloud auth') as string,
    });
  });
});

describe('RunClientPool', () => {
  it('makes no client before there is a token, and tries again at the next call', async () => {
    let tries = 0;
    const pool = new RunClientPool(() =>
      Promise.resolve({
        tls: true,
        host: '127.0.0.1',
        port: 1,
        authClient: () => {
          tries += 1;
          return Promise.reject(new Error('no ADC'));
        },
      }),
    );
    await expect(pool.get()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(pool.get()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(tries).toBe(2);
    await pool.close();
  });
});

describe('addressKey', () => {
  it('tells addresses and tokens apart', () => {
    const address = { tls: false, host: 'h', port: 1, token: 'a' } as const;
    expect(addressKey(address)).toBe(addressKey({ ...address }));
    expect(addressKey(address)).not.toBe(addressKey({ ...address, token: 'b' }));
    expect(addressKey(address)).not.toBe(addressKey({ ...address, port: 2 }));
    const authClient = (): Promise<never> => Promise.reject(new Error('not asked'));
    const google = { tls: true, host: 'h', port: 443, authClient, identity: '1' } as const;
    expect(addressKey(google)).not.toBe(addressKey({ ...google, identity: '2' }));
  });
});
