import { describe, expect, it } from 'vitest';
import { createKeyHasher, processPepper } from './hash-key.ts';
import { mintKey } from './key-format.ts';
import { readsLikeAKeyRepository } from './key-repository.conformance.ts';
import { newKey } from './testing/new-key.ts';
import { createStaticKeyRepository } from './static-key-repository.ts';

const hasher = createKeyHasher(processPepper());
const minted = mintKey('live');
const open = (): Promise<ReturnType<typeof createStaticKeyRepository>> =>
  Promise.resolve(createStaticKeyRepository(['short', minted.text], hasher));

describe('static keys', () => {
  readsLikeAKeyRepository(open);

  it('shows little of a hand-made key, and prefix and last four of ours', async () => {
    const { keys } = await (await open()).list();
    expect(keys).toMatchObject([
      { id: 'env_1', source: 'static', prefix: '', secrets: [{ last4: '????' }] },
      { id: 'env_2', prefix: 'omni_live_', secrets: [{ last4: minted.last4 }] },
    ]);
  });

  it('is read-only', async () => {
    const repository = await open();
    await expect(repository.revoke('env_1', '')).rejects.toMatchObject({ code: 'key_read_only' });
    await expect(repository.create(newKey())).rejects.toMatchObject({
      code: 'keystore_unavailable',
    });
  });

  it('remembers its last use while the process lives', async () => {
    const repository = await open();
    const at = new Date();
    await repository.recordUsage({ counts: [], lastUsed: [{ keyId: 'env_2', secretNo: 1, at }] });
    const { keys } = await repository.list();
    expect(keys.map((key) => key.lastUsedAt)).toEqual([null, at]);
  });
});
