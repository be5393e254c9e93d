import { importAnswer } from '@omni/contracts/gateway-admin/import.ts';
import type { ImportAnswer, ImportRow } from '@omni/contracts/gateway-admin/import.ts';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintKey } from '../../keys/key-format.ts';
import type { StoredKey } from '../../keys/key-repository.ts';
import { startAdminRig } from '../testing/admin-rig.ts';
import type { AdminRig } from '../testing/admin-rig.ts';
import { estimateBits } from './estimate-bits.ts';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Strong keys that don't fit our grammar, new for every call. */
const foreign = (): string => `sk-${mintKey('live').text.slice(10, 50)}`;

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.stop());

async function run(format: string, text: string, dryRun = false): Promise<ImportAnswer> {
  const answer = await rig.call('POST', '/keys/import', { body: { format, text, dryRun } });
  expect(answer.status, answer.text).toBe(200);
  return importAnswer.parse(answer.json);
}

/** Every format, with the same two keys: one plain or hashed as the format has it. */
const FORMATS: readonly [string, 'plain' | 'sha256', (one: string, two: string) => string][] = [
  ['env', 'plain', (one, two) => `export API_KEYS="${one},${two}"\n`],
  [
    'csv',
    'plain',
    (one, two) =>
      `\uFEFFname,key,expires_at,rate_limit_per_minute,tags\r\n"a, ""b""",${one},2031-01-01T00:00:00Z,60,x;y\r\n,${two},,,\r\n`,
  ],
  [
    'csv',
    'sha256',
    (one, two) => `sha256\n${sha256(one).toString('hex')}\n${sha256(two).toString('base64')}`,
  ],
  [
    'kong',
    'plain',
    (one, two) =>
      `_format_version: "3.0"\nconsumers:\n- username: ada\n  keyauth_credentials:\n  - key: ${one}\n    tags: [x]\n- username: bob\n  keyauth_credentials:\n  - key: ${two}\n`,
  ],
  [
    'kong',
    'plain',
    (one, two) => JSON.stringify({ data: [{ key: one, consumer: { id: 'c' } }, { key: two }] }),
  ],
  [
    'unkey',
    'sha256',
    (one, two) =>
      JSON.stringify({
        keys: [
          {
            keyId: 'key_1',
            hash: sha256(one).toString('base64'),
            ratelimit: { limit: 60, duration: 60_000 },
          },
          {
            keyId: 'key_2',
            hash: { value: sha256(two).toString('hex') },
            expires: 1_924_992_000_000,
            enabled: false,
          },
        ],
      }),
  ],
  [
    'litellm',
    'sha256',
    (one, two) =>
      JSON.stringify([
        { token: sha256(one).toString('hex'), key_alias: 'app', rpm_limit: 60, user_id: 'ada' },
        {
          token: sha256(two).toString('hex'),
          expires: '2031-01-01T00:00:00Z',
          blocked: true,
          max_budget: 5,
        },
      ]),
  ],
];

/** As an HMAC when the text was there, else as it came. */
async function expectStored(id: string, secret: string, kind: 'plain' | 'sha256'): Promise<void> {
  const { key } = await rig.store.get(id);
  const expected =
    kind === 'plain'
      ? { digest: rig.hasher(secret)[0].digest, algorithm: 'hmac' }
      : { digest: sha256(secret), algorithm: 'sha256' };
  expect(key.secrets).toMatchObject([expected]);
  expect(key.legacy).toBe(true);
}

const textOf = (format: string): string =>
  FORMATS.find(([name]) => name === format)?.[2](foreign(), foreign()) ?? '';

async function stored(row: ImportRow | undefined): Promise<StoredKey> {
  return (await rig.store.get(row?.id ?? '')).key;
}

describe('import', () => {
  it.each(FORMATS)(
    '%s (%s): dry run, import, and again nothing new',
    async (format, kind, write) => {
      const [one, two] = [foreign(), foreign()];
      const text = write(one, two);
      const before = (await rig.store.list()).keys.length;
      const dry = await run(format, text, true);
      expect(dry.rows.map(({ action, secret, weak }) => [action, secret, weak])).toEqual([
        ['create', kind, false],
        ['create', kind, false],
      ]);
      expect(dry.created).toBe(0);
      expect((await rig.store.list()).keys).toHaveLength(before);
      const done = await run(format, text);
      expect(done.created).toBe(2);
      await expectStored(done.rows[0]?.id ?? '', one, kind);
      await expectStored(done.rows[1]?.id ?? '', two, kind);
      const again = await run(format, text);
      expect(again.rows.map(({ action, id }) => [action, id])).toEqual(
        done.rows.map(({ id }) => ['exists', id]),
      );
      expect(JSON.stringify([dry, done, again])).not.toContain(one);
    },
  );

  it('keeps what a format says of a key', async () => {
    const csv = await stored((await run('csv', textOf('csv'))).rows[0]);
    expect(csv).toMatchObject({ name: 'a, "b"', rateLimitPerMinute: 60, tags: ['x', 'y'] });
    expect(csv.expiresAt).toEqual(new Date('2031-01-01T00:00:00.000Z'));
    const imported = await run('litellm', textOf('litellm'));
    expect((await stored(imported.rows[0])).identity).toBe('ada');
    expect((await stored(imported.rows[1])).disabledAt).not.toBeNull();
    expect(imported.rows[1]?.note).toContain('budget');
  });

  it('finds a plain key that was imported as a hash, and one of ours by its own id', async () => {
    const secret = foreign();
    await run('csv', `sha256\n${sha256(secret).toString('hex')}`);
    expect((await run('env', secret)).rows[0]?.action).toBe('exists');
    const ours = mintKey('test');
    const { rows } = await run('env', ours.text);
    expect(rows[0]?.id).toBe(ours.id);
    expect((await rig.store.get(ours.id)).key).toMatchObject({
      environment: 'test',
      legacy: false,
    });
  });

  it('reports weak keys, duplicates and what is no key, without repeating any of them', async () => {
    const strong = foreign();
    const text = `key,name\nhunter2,weak\n${strong},first\n${strong},second\n"two words",bad\n,none\n`;
    const answer = await run('csv', text, true);
    expect(answer.rows.map(({ position, action }) => [position, action])).toEqual([
      [2, 'create'],
      [3, 'create'],
      [4, 'duplicate'],
      [5, 'invalid'],
      [6, 'invalid'],
    ]);
    expect(answer).toMatchObject({ weak: 1, duplicates: 1, invalid: 2 });
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|two words/);
  });

  it.each([
    ['csv', 'no,columns\n1,2'],
    ['csv', 'key\n"open'],
    ['kong', 'a: [unclosed-secret'],
    ['kong', 'consumers: []'],
    ['unkey', '{"keys": 5'],
    ['litellm', '{}'],
  ])('refuses what is not %s', async (format, text) => {
    const answer = await rig.call('POST', '/keys/import', { body: { format, text } });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/unclosed|open"/);
  });

  it('is for administrators', async () => {
    const body = { format: 'env', text: foreign() };
    const token = 'operator-token-of-the-tests';
    expect((await rig.call('POST', '/keys/import', { body, token })).status).toBe(403);
  });
});

describe('estimateBits', () => {
  it.each([
    ['hunter2', false],
    ['a'.repeat(200), false],
    ['sk-'.repeat(20), false],
    ['0123456789abcdef0123456789abcdef', true],
    [mintKey('live').text, true],
    ['sk-1234567890', false],
  ])('%s', (text, strong) => {
    expect(estimateBits(text) >= 128).toBe(strong);
  });
});
