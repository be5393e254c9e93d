import { describe, expect, it } from 'vitest';
import { SECRET_MASK, shownValue } from './diff.ts';

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
  ])('%s = %s is dots', (name, value) => {
    expect(shownValue({ name, value })).toBe(SECRET_MASK);
  });

  it.each([
    ['LANES', '2'],
    ['UPSTREAM_URL', 'http://127.0.0.1:8080/a@b'],
    ['TOKENIZER', 'bpe'],
    ['KEYBOARD', 'de'],
    ['CONTACT', 'mailto:ops@example.com'],
  ])('%s = %s is shown', (name, value) => {
    expect(shownValue({ name, value })).toBe(value);
  });
});
