import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignInStatus } from '../../../shared/domain/sign-in.ts';
import { withFolder } from '../../testing/temporary-folder.ts';
import type { GoogleAccess } from './google-access.ts';
import type { Signer } from '../testing/google-rig.ts';
import { GoogleRig, REFRESH, withoutTokens } from '../testing/google-rig.ts';

const CLIENT_FILE = JSON.stringify({
  installed: {
    client_id: 'own',
    client_secret: 'not confidential',
    token_uri: 'https://evil.test',
  },
});

const google = new GoogleRig();
beforeAll(() => google.open());
afterAll(() => google.close());
beforeEach(() => google.reset());

async function withClient(use: (signer: Signer) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const clientFile = join(folder, 'client.json');
    await writeFile(clientFile, CLIENT_FILE);
    const own = google.access({ kind: 'oauth', clientFile, impersonate: null });
    try {
      await use(own);
    } finally {
      own.access.cancelSignIn();
    }
  });
}

/** Follows the status until it is in a state. */
async function until(access: GoogleAccess, state: SignInStatus['state']): Promise<SignInStatus> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      access.status().then((status) => {
        if (status.state !== state) return;
        stop();
        resolve(status);
      }, reject);
    };
    const stop = access.onChange(look);
    look();
  });
}

/** The browser coming back from Google. */
function comeBack(link: string, change: Record<string, string> = {}): Promise<Response> {
  const sent = new URL(link).searchParams;
  const back = new URL(sent.get('redirect_uri') ?? '');
  const query = { state: sent.get('state') ?? '', code: 'the-code', ...change };
  for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
  return fetch(back);
}

describe('an own OAuth client', () => {
  it('signs in with PKCE on loopback and keeps the refresh token in main', async () => {
    await withClient(async ({ access, refreshTokens, opened }) => {
      expect(await access.status()).toMatchObject({ state: 'signed-out', keptIn: 'memory' });
      await access.signIn();
      const link = opened[0] ?? '';
      const sent = new URL(link).searchParams;
      expect(sent.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
      expect(sent.get('code_challenge_method')).toBe('S256');
      expect(await access.status()).toMatchObject({ state: 'waiting', link: { opened: true } });
      const page = await comeBack(link);
      expect(await page.text()).toContain('Signed in');
      const status = await until(access, 'signed-in');
      expect(status).toMatchObject({ email: 'ann@example.com', keptIn: 'memory', link: null });
      withoutTokens(status);
      const exchange = google.asked.find(
        ({ form }) => form.get('grant_type') === 'authorization_code',
      );
      expect(exchange?.form.get('code')).toBe('the-code');
      const verifier = exchange?.form.get('code_verifier') ?? '';
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
      expect(sent.get('code_challenge')).toBe(Buffer.from(digest).toString('base64url'));
      expect(await refreshTokens.read('t1')).toBe(REFRESH);
      await access.signOut();
      expect(await refreshTokens.read('t1')).toBeNull();
      expect(await access.status()).toMatchObject({ state: 'signed-out' });
    });
  });

  it('takes no answer with another state, and still waits for the right one', async () => {
    await withClient(async ({ access, opened }) => {
      await access.signIn();
      const link = opened[0] ?? '';
      expect((await comeBack(link, { state: 'forged' })).status).toBe(400);
      expect(google.asked).toEqual([]);
      expect(await access.status()).toMatchObject({ state: 'waiting' });
      await comeBack(link);
      await until(access, 'signed-in');
    });
  });

  it('says why it failed when the operator declines', async () => {
    await withClient(async ({ access, opened }) => {
      await access.signIn();
      await comeBack(opened[0] ?? '', { code: '', error: 'access_denied' });
      const { problem } = await until(access, 'failed');
      expect(problem).toMatchObject({ code: 'SIGN_IN_FAILED' });
    });
  });

  it('is over when it is cancelled: the port is closed', async () => {
    await withClient(async ({ access, opened }) => {
      await access.signIn();
      access.cancelSignIn();
      expect(await access.status()).toMatchObject({ state: 'signed-out' });
      await expect(comeBack(opened[0] ?? '')).rejects.toThrow();
    });
  });

  it('has to sign in again when Google has ended it', async () => {
    await withClient(async ({ access, refreshTokens }) => {
      await refreshTokens.write('t1', REFRESH);
      google.answers['/token'] = [400, { error: 'invalid_grant' }];
      expect(await access.status()).toMatchObject({
        state: 'failed',
        problem: { code: 'CREDENTIALS_EXPIRED', command: null },
      });
    });
  });
});
