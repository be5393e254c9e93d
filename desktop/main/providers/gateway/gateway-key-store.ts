import { changedKey, createdKey, keyList } from '@omni/contracts/gateway-admin.ts';
import type {
  CreateKeyRequest,
  KeyRecord,
  RevokeKeyRequest,
} from '@omni/contracts/gateway-admin.ts';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import type { KeyStore, NewKey } from '../../ports/key-store.ts';
import type { GatewayAdminClient } from './gateway-admin-client.ts';

/** Ten thousand keys; more pages than this would be a list that never ends. */
const MAX_PAGES = 50;

/** The keys of the gateway that serves now, over its admin API. */
export class GatewayKeyStore implements KeyStore {
  readonly #client: GatewayAdminClient;
  /** Version of each key as the operator last saw it: what a change of it was decided on. */
  readonly #seen = new Map<string, number>();

  constructor(client: GatewayAdminClient) {
    this.#client = client;
  }

  async list(): Promise<readonly ApiKey[]> {
    const keys: KeyRecord[] = [];
    let path = '/keys?limit=200';
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.#client.call({ method: 'GET', path, answer: keyList });
      keys.push(...answer.keys);
      if (answer.nextCursor === null) break;
      path = `/keys?limit=200&cursor=${encodeURIComponent(answer.nextCursor)}`;
    }
    this.#seen.clear();
    for (const { id, version } of keys) this.#seen.set(id, version);
    return keys;
  }

  async create(key: NewKey): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    const body: CreateKeyRequest = { ...key };
    const created = await this.#client.call({
      method: 'POST',
      path: '/keys',
      body,
      answer: createdKey,
    });
    this.#seen.set(created.key.id, created.key.version);
    return { key: created.key, secret: created.secret };
  }

  async revoke(id: string, reason: string): Promise<ApiKey> {
    const body: RevokeKeyRequest = { reason };
    const path = `/keys/${encodeURIComponent(id)}/revoke`;
    const version = this.#seen.get(id);
    // A key that was never listed here was not decided on by anything that could be out of date.
    const ifMatch = version === undefined ? '*' : `"v${String(version)}"`;
    const call = { method: 'POST', path, body, ifMatch, answer: changedKey } as const;
    const { key } = await this.#client.call(call);
    this.#seen.set(id, key.version);
    return key;
  }
}
