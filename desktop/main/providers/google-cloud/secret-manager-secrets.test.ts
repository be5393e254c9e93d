import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GoogleHttp, googleApis } from '../cloud-run/google-http.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { SecretManagerSecrets } from './secret-manager-secrets.ts';

const server = new ScriptedServer();
let secrets: SecretManagerSecrets;

beforeAll(async () => {
  const apis = { ...googleApis('europe-west1'), secretManager: await server.listen() };
  const headers = new Headers({ authorization: 'Bearer token' });
  secrets = new SecretManagerSecrets(
    new GoogleHttp(apis, () => Promise.resolve(headers)),
    'shop-project',
  );
});
afterAll(() => server.close());

describe('the stack’s secrets in Secret Manager', () => {
  it('are read with the operator’s token', async () => {
    const data = Buffer.from('admin-token\n').toString('base64');
    server.answer = () => ({ status: 200, body: JSON.stringify({ payload: { data } }) });
    expect(await secrets.gatewayAdminToken()).toBe('admin-token');
    const path = '/v1/projects/shop-project/secrets/gateway-admin-token/versions/latest:access';
    expect(server.requests.at(-1)).toMatchObject({
      path,
      headers: { authorization: 'Bearer token' },
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
