import { createdKey, keyList, revokedKey } from '@omni/contracts/gateway-admin.ts';
import type { CreateKeyRequest, RevokeKeyRequest } from '@omni/contracts/gateway-admin.ts';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import type { KeyStore, NewKey } from '../../ports/key-store.ts';
import type { GatewayAdminClient } from './gateway-admin-client.ts';

/** The keys of the gateway that serves now, over its admin API. */
export class GatewayKeyStore implements KeyStore {
  readonly #client: GatewayAdminClient;

  constructor(client: GatewayAdminClient) {
    this.#client = client;
  }

  async list(): Promise<readonly ApiKey[]> {
    const { keys } = await this.#client.call({ method: 'GET', path: '/keys', answer: keyList });
    return keys;
  }

  create(key: NewKey): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    const body: CreateKeyRequest = { ...key };
    return this.#client.call({ method: 'POST', path: '/keys', body, answer: createdKey });
  }

  async revoke(id: string, reason: string): Promise<ApiKey> {
    const body: RevokeKeyRequest = { reason };
    const path = `/keys/${encodeURIComponent(id)}/revoke`;
    const { key } = await this.#client.call({ method: 'POST', path, body, answer: revokedKey });
    return key;
  }
}
