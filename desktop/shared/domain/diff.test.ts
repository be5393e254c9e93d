import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldChange } from './diff.ts';
import { diffTemplates, SECRET_MASK, shownValue, summariseChanges } from './diff.ts';
import type { EnvEntry, RevisionTemplate } from './revision.ts';

const template: RevisionTemplate = {
  image: `local/gateway@sha256:${'a'.repeat(64)}`,
  env: [],
  port: 8080,
  cpu: 1,
  memoryMib: 512,
  minInstances: 0,
  maxInstances: 3,
  concurrency: 80,
  timeoutSeconds: 300,
  startupProbe: { path: '/ready', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 60 },
};

/** What differs, one line each: `group | field | before | after | change | impact`. */
function changesTo(
  next: Partial<RevisionTemplate>,
  before: Partial<RevisionTemplate> = {},
): string[] {
  return diffTemplates({ ...template, ...before }, { ...template, ...next })
    .filter(({ change }) => change !== 'same')
    .map(words);
}

const words = ({ group, field, current, next, change, impact }: FieldChange): string =>
  [group, field, current ?? '–', next ?? '–', change, impact].join(' | ');

describe('a template, one golden line per class of field', () => {
  it.each<[string, Partial<RevisionTemplate>, string[]]>([
    ['nothing', {}, []],
    [
      'image',
      { image: `local/gateway@sha256:${'b'.repeat(64)}` },
      ['image | Image | aaaa…aa | bbbb…bb | changed | rebuild'],
    ],
    ['cpu', { cpu: 2 }, ['resources | CPU | 1 | 2 | changed | revision']],
    [
      'memory',
      { memoryMib: 1024 },
      ['resources | Memory | 512 MiB | 1024 MiB | changed | revision'],
    ],
    ['min', { minInstances: 1 }, ['scaling | Min instances | 0 | 1 | changed | revision']],
    ['max', { maxInstances: 5 }, ['scaling | Max instances | 3 | 5 | changed | revision']],
    ['concurrency', { concurrency: 1 }, ['requests | Concurrency | 80 | 1 | changed | revision']],
    ['timeout', { timeoutSeconds: 60 }, ['requests | Timeout | 300 s | 60 s | changed | revision']],
    ['port', { port: 9090 }, ['requests | Port | 8080 | 9090 | changed | revision']],
    [
      'probe path',
      { startupProbe: { ...template.startupProbe, path: '/live?token=hunter2' } },
      ['probes | Start-up probe | GET /ready | GET /live?… | changed | revision'],
    ],
    [
      'probe patience',
      { startupProbe: { ...template.startupProbe, failureThreshold: 120 } },
      [
        'probes | Start-up patience | 60 tries, every 1 s, 1 s each | 120 tries, every 1 s, 1 s each | changed | revision',
      ],
    ],
    [
      'new variable',
      { env: [{ name: 'MODE', value: 'x' }] },
      ['environment | MODE | – | x | new | revision'],
    ],
    [
      'new secret',
      { env: [{ name: 'API_KEYS', secret: 'keys', version: '3' }] },
      [`secrets | API_KEYS | – | ${SECRET_MASK} (keys:3) | new | revision`],
    ],
  ])('%s', (_what, next, lines) => {
    expect(changesTo(next)).toEqual(lines);
  });

  it('shows a changed secret as changed and nothing of its values', () => {
    const before = { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] };
    const next = { env: [{ name: 'DB_PASSWORD', value: 'hunter3' }] };
    expect(changesTo(next, before)).toEqual([
      `secrets | DB_PASSWORD | ${SECRET_MASK} | ${SECRET_MASK} (changed) | changed | revision`,
    ]);
    expect(changesTo({ env: [] }, before)).toEqual([
      `secrets | DB_PASSWORD | ${SECRET_MASK} | – | removed | revision`,
    ]);
  });

  it('shows a literal that becomes a reference, and another version of one', () => {
    const literal = { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] };
    const first = { env: [{ name: 'DB_PASSWORD', secret: 'db', version: '1' }] };
    const second = { env: [{ name: 'DB_PASSWORD', secret: 'db', version: '2' }] };
    expect(changesTo(first, literal)[0]).toContain(`${SECRET_MASK} (db:1) (changed)`);
    expect(changesTo(second, first)[0]).toContain(`(db:1) | ${SECRET_MASK} (db:2) (changed)`);
  });

  it('is all new for a service that does not exist', () => {
    const rows = diffTemplates(null, template);
    expect(new Set(rows.map(({ change }) => change))).toEqual(new Set(['new']));
    expect(rows.map(({ current }) => current)).toEqual(rows.map(() => null));
  });

  it('is one line for a table', () => {
    const rows = diffTemplates(template, { ...template, cpu: 2, env: [{ name: 'A', value: '1' }] });
    expect(summariseChanges(rows)).toBe('+ A, CPU 1 → 2');
  });

  it('never lets a secret out, whichever side it is on (H6)', () => {
    const entry = (value: string): fc.Arbitrary<EnvEntry | null> =>
      fc.constantFrom(
        null,
        { name: 'API_TOKEN', value },
        { name: 'NOTE', value: `postgres://app:${value}@db/app` },
        { name: 'NOTE', value: `ghp_${value}` },
        { name: 'API_TOKEN', secret: 'token', version: '1' },
      );
    fc.assert(
      fc.property(
        fc
          .stringMatching(/^[a-z0-9]{16,32}$/u)
          .chain((value) => fc.tuple(fc.constant(value), entry(value), entry(value))),
        ([value, before, after]) => {
          const env = (one: EnvEntry | null): EnvEntry[] => (one === null ? [] : [one]);
          const rows = diffTemplates(
            { ...template, env: env(before) },
            { ...template, env: env(after) },
          );
          expect(JSON.stringify(rows) + summariseChanges(rows)).not.toContain(value);
        },
      ),
    );
  });
});

describe('how a literal variable is shown', () => {
  it.each([
    ['API_KEY', 'x'],
    ['ADMIN_TOKEN', 'x'],
    ['api_key', 'x'],
    ['Db_Password', 'x'],
    ['AWS_SECRET_ACCESS_KEY', 'x'],
    ['AWS_ACCESS_KEY_ID', 'x'],
    ['TLS_PRIVATE_KEY', 'x'],
    ['GOOGLE_CREDENTIALS', 'x'],
    ['PGPASSWD_OLD', 'postgres://user:hunter2@db/app'],
    ['DB_PASSWD', 'x'],
    ['SSH_PASSPHRASE', 'x'],
    ['BROKER', 'amqp://user:hunter2@broker:5672/'],
    ['CACHE', 'redis://:hunter2@cache:6379'],
    ['NOTE', 'ghp_0123456789abcdef'],
    ['NOTE', 'omni_live_0123456789abcdef'],
    ['NOTE', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    ['NOTE', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln'],
  ])('%s = %s is dots', (name, value) => {
    expect(shownValue({ name, value })).toBe(SECRET_MASK);
  });

  it.each([
    ['LANES', '2'],
    ['UPSTREAM_URL', 'http://127.0.0.1:8080/a@b'],
    ['TOKENIZER', 'bpe'],
    ['KEYBOARD', 'de'],
    ['CONTACT', 'mailto:ops@example.com'],
    ['NOTE', 'sk-etch'],
  ])('%s = %s is shown', (name, value) => {
    expect(shownValue({ name, value })).toBe(value);
  });
});
