import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withFolder } from '../../testing/temporary-folder.ts';
import { ACCESS, GoogleRig, withoutTokens, withUser } from '../testing/google-rig.ts';

const google = new GoogleRig();
beforeAll(() => google.open());
afterAll(() => google.close());
beforeEach(() => google.reset());

const adc = (file: string, impersonate: string | null = null) =>
  ({ kind: 'adc', file, impersonate }) as const;

describe('application default credentials', () => {
  it('give a client that has had a token, and say whose it is', async () => {
    await withUser(async (file) => {
      const { access } = google.access(adc(file));
      const client = await access.authClient();
      expect(client.credentials.access_token).toBe(ACCESS);
      expect(client.quotaProjectId).toBe('shop-project');
      const status = await access.status();
      expect(status).toMatchObject({
        state: 'signed-in',
        email: 'ann@example.com',
        keptIn: 'file',
      });
      expect(status.expiresAt).toBeGreaterThan(Date.now());
      withoutTokens(status);
      await access.authClient();
      expect(google.asked.filter(({ path }) => path === '/token')).toHaveLength(1);
    });
  });

  it('are CREDENTIALS_MISSING with the command when there is no file', async () => {
    const { access } = google.access({ kind: 'adc', file: null, impersonate: null });
    await expect(access.authClient()).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining('/nowhere/.config/gcloud/') as string,
    });
    expect(await access.status()).toMatchObject({
      state: 'signed-out',
      problem: { command: 'gcloud auth application-default login' },
    });
    expect(google.asked).toEqual([]);
  });

  it.each([
    ['is no JSON', 'planted-'],
    ['is of no known kind', '{"type":"other"}'],
    ['lacks a field', '{"type":"authorized_user","client_id":"c","client_secret":"planted"}'],
  ])('are CREDENTIALS_INVALID when the file %s, and nothing of it is quoted', async (_, text) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'adc.json');
      await writeFile(file, text);
      const error: unknown = await google
        .access(adc(file))
        .access.authClient()
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID' });
      withoutTokens(error);
    });
  });

  it.each<[string, [number, unknown], string]>([
    [
      'expired',
      [400, { error: 'invalid_grant', error_description: 'revoked' }],
      'CREDENTIALS_EXPIRED',
    ],
    ['refused', [401, { error: 'invalid_client' }], 'CREDENTIALS_INVALID'],
    ['answered by a broken service', [500, {}], 'TARGET_UNREACHABLE'],
  ])('that are %s are told apart', async (_, answer, code) => {
    await withUser(async (file) => {
      google.answers['/token'] = answer;
      const { access } = google.access(adc(file));
      const error: unknown = await access.authClient().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code });
      withoutTokens(error);
      // A later sign-in with gcloud is noticed without a restart.
      google.answers['/token'] = [200, { access_token: ACCESS, expires_in: 3_600 }];
      expect((await access.authClient()).credentials.access_token).toBe(ACCESS);
    });
  });

  it('that nobody answers for are TARGET_UNREACHABLE', async () => {
    await withUser(async (file) => {
      const { access } = google.access(adc(file), { token: 'http://127.0.0.1:9/token' });
      const error: unknown = await access.authClient().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'TARGET_UNREACHABLE', retryable: true });
      withoutTokens(error);
    });
  });
});

describe('acting as a service account', () => {
  const ROBOT = 'omni@shop-project.iam.gserviceaccount.com';
  const PATH = `/v1/projects/-/serviceAccounts/${ROBOT}:generateAccessToken`;

  it('takes its token with the operator’s', async () => {
    await withUser(async (file) => {
      const expireTime = new Date(Date.now() + 3_600_000).toISOString();
      google.answers[PATH] = [200, { accessToken: 'planted-robot-token', expireTime }];
      const { access } = google.access(adc(file, ROBOT));
      const client = await access.authClient();
      expect(client.credentials.access_token).toBe('planted-robot-token');
      expect(google.asked.at(-1)).toMatchObject({ path: PATH, authorization: `Bearer ${ACCESS}` });
      expect(await access.status()).toMatchObject({ state: 'signed-in', email: ROBOT });
    });
  });

  it('names the role when it is not allowed', async () => {
    await withUser(async (file) => {
      google.answers[PATH] = [403, { error: { status: 'PERMISSION_DENIED', message: 'denied' } }];
      const { problem } = await google.access(adc(file, ROBOT)).access.status();
      expect(problem).toMatchObject({
        code: 'PERMISSION_DENIED',
        nextStep: expect.stringContaining('roles/iam.serviceAccountTokenCreator') as string,
        command: expect.stringContaining(`add-iam-policy-binding ${ROBOT}`) as string,
      });
    });
  });
});
