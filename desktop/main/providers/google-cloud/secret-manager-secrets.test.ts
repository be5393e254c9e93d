import { OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { SecretManagerSecrets } from './secret-manager-secrets.ts';

const server = new ScriptedServer();
let secrets: SecretManagerSecrets;

beforeAll(async () => {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: 'token', expiry_date: Date.now() + 3_600_000 });
  const caller = { project: 'shop-project', authClient: () => Promise.resolve(client) };
  secrets = new SecretManagerSecrets(caller, await server.listen());
});
afterAll(() => server.close());

describe('the stack’s secrets in Secret Manager', () => {
  it('are read with the operator’s token, on the target’s bill', async () => {
    const data = Buffer.from('admin-token\n').toString('base64');
    server.answer = () => ({ status: 200, body: JSON.stringify({ payload: { data } }) });
    expect(await secrets.gatewayAdminToken()).toBe('admin-token');
    const path = '/v1/projects/shop-project/secrets/gateway-admin-token/versions/latest:access';
    expect(server.requests.at(-1)).toMatchObject({
      path,
      headers: { authorization: 'Bearer token', 'x-goog-user-project': 'shop-project' },
    });
  });

  it('say which role is missing when they can’t be read', async () => {
    server.answer = () => ({ status: 403, body: '{}' });
    await expect(secrets.sampleTrafficKey()).rejects.toMatchObject({
      code: 'KEY_STORE_UNAVAILABLE',
      nextStep: expect.stringContaining('roles/secretmanager.secretAccessor') as string,
    });
  });
});
