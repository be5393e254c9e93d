import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignInStatus } from '../../../shared/domain/sign-in.ts';
import type { TargetCredentials } from '../../../shared/domain/target.ts';
import { withFolder } from '../../testing/temporary-folder.ts';
import { MemoryRefreshTokens } from '../os/memory-refresh-tokens.ts';
import type { GoogleEndpoints } from './endpoints.ts';
import { GoogleAccess } from './google-access.ts';

const REFRESH = 'planted-refresh-token';
const ACCESS = 'planted-access-token';

/** One request as the server that stands for Google saw it. */
interface Asked {
  readonly path: string;
  readonly form: URLSearchParams;
  readonly authorization: string | null;
}
type Answer = readonly [status: number, body: unknown];

const asked: Asked[] = [];
let answers: Record<string, Answer> = {};
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = request.url ?? '';
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    asked.push({ path, form, authorization: request.headers.authorization ?? null });
    const [status, body] = answers[path] ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});
let endpoints: GoogleEndpoints;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  endpoints = {
    authorize: `${origin}/authorize`,
    token: `${origin}/token`,
    tokenInfo: `${origin}/tokeninfo`,
    iamCredentials: origin,
  };
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  asked.length = 0;
  answers = {
    '/token': [200, { access_token: ACCESS, expires_in: 3_600, refresh_token: REFRESH }],
    '/tokeninfo': [200, { email: 'ann@example.com' }],
  };
});

const USER_FILE = JSON.stringify({
  type: 'authorized_user',
  client_id: 'client',
  client_secret: 'secret',
  refresh_token: REFRESH,
});
const CLIENT_FILE = JSON.stringify({
  installed: {
    client_id: 'own',
    client_secret: 'not confidential',
    token_uri: 'https://evil.test',
  },
});

interface Rig {
  readonly access: GoogleAccess;
  readonly refreshTokens: MemoryRefreshTokens;
  readonly opened: string[];
}

function rig(credentials: Exclude<TargetCredentials, { kind: 'none' }>, home = '/nowhere'): Rig {
  const refreshTokens = new MemoryRefreshTokens();
  const opened: string[] = [];
  const access = new GoogleAccess({
    target: 't1',
    project: 'shop-project',
    credentials,
    endpoints,
    refreshTokens,
    openBrowser: (url) => Promise.resolve(opened.push(url) > 0),
    host: { env: {}, home, platform: 'linux' },
  });
  return { access, refreshTokens, opened };
}

const adc = (file: string, impersonate: string | null = null) =>
  ({ kind: 'adc', file, impersonate }) as const;

async function withUser<T>(use: (file: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const file = join(folder, 'adc.json');
    await writeFile(file, USER_FILE);
    return use(file);
  });
}

/** No token may ever be part of what a page is shown, nor of an error that is logged. */
function withoutTokens(value: unknown): void {
  const error = value instanceof Error ? [value.message, value.stack, value.cause] : value;
  expect(JSON.stringify(error)).not.toMatch(/planted|not confidential|"secret"/);
}

describe('application default credentials', () => {
  it('give a client that has had a token, and say whose it is', async () => {
    await withUser(async (file) => {
      const { access } = rig(adc(file));
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
      expect(asked.filter(({ path }) => path === '/token')).toHaveLength(1);
    });
  });

  it('are CREDENTIALS_MISSING with the command when there is no file', async () => {
    const { access } = rig({ kind: 'adc', file: null, impersonate: null }, '/nowhere');
    await expect(access.authClient()).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining('/nowhere/.config/gcloud/') as string,
    });
    expect(await access.status()).toMatchObject({
      state: 'signed-out',
      problem: { command: 'gcloud auth application-default login' },
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['is no JSON', 'planted-'],
    ['is of no known kind', '{"type":"other"}'],
    ['lacks a field', '{"type":"authorized_user","client_id":"c","client_secret":"planted"}'],
  ])('are CREDENTIALS_INVALID when the file %s, and nothing of it is quoted', async (_, text) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'adc.json');
      await writeFile(file, text);
      const error: unknown = await rig(adc(file))
        .access.authClient()
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID' });
      withoutTokens(error);
    });
  });

  it.each<[string, Answer, string]>([
    [
      'expired',
      [400, { error: 'invalid_grant', error_description: 'revoked' }],
      'CREDENTIALS_EXPIRED',
    ],
    ['refused', [401, { error: 'invalid_client' }], 'CREDENTIALS_INVALID'],
    ['answered by a broken service', [500, {}], 'TARGET_UNREACHABLE'],
  ])('that are %s are told apart', async (_, answer, code) => {
    await withUser(async (file) => {
      answers['/token'] = answer;
      const { access } = rig(adc(file));
      const error: unknown = await access.authClient().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code });
      withoutTokens(error);
      // A later sign-in with gcloud is noticed without a restart.
      answers['/token'] = [200, { access_token: ACCESS, expires_in: 3_600 }];
      expect((await access.authClient()).credentials.access_token).toBe(ACCESS);
    });
  });

  it('that nobody answers for are TARGET_UNREACHABLE', async () => {
    await withUser(async (file) => {
      const closed = { ...endpoints, token: 'http://127.0.0.1:9/token' };
      const own = endpoints;
      endpoints = closed;
      const { access } = rig(adc(file));
      endpoints = own;
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
      answers[PATH] = [200, { accessToken: 'planted-robot-token', expireTime }];
      const { access } = rig(adc(file, ROBOT));
      const client = await access.authClient();
      expect(client.credentials.access_token).toBe('planted-robot-token');
      expect(asked.at(-1)).toMatchObject({ path: PATH, authorization: `Bearer ${ACCESS}` });
      expect(await access.status()).toMatchObject({ state: 'signed-in', email: ROBOT });
    });
  });

  it('names the role when it is not allowed', async () => {
    await withUser(async (file) => {
      answers[PATH] = [403, { error: { status: 'PERMISSION_DENIED', message: 'denied' } }];
      const { problem } = await rig(adc(file, ROBOT)).access.status();
      expect(problem).toMatchObject({
        code: 'PERMISSION_DENIED',
        nextStep: expect.stringContaining('roles/iam.serviceAccountTokenCreator') as string,
        command: expect.stringContaining(`add-iam-policy-binding ${ROBOT}`) as string,
      });
    });
  });
});

describe('an own OAuth client', () => {
  async function withClient<T>(use: (rig: Rig) => Promise<T>): Promise<T> {
    return withFolder(async (folder) => {
      const clientFile = join(folder, 'client.json');
      await writeFile(clientFile, CLIENT_FILE);
      const own = rig({ kind: 'oauth', clientFile, impersonate: null });
      try {
        return await use(own);
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
      const exchange = asked.find(({ form }) => form.get('grant_type') === 'authorization_code');
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
      expect(asked).toEqual([]);
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
      answers['/token'] = [400, { error: 'invalid_grant' }];
      expect(await access.status()).toMatchObject({
        state: 'failed',
        problem: { code: 'CREDENTIALS_EXPIRED', command: null },
      });
    });
  });
});
