import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretStore } from './secret-store.ts';

let dir = '';

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'secrets-'));
});

afterEach(() => {
  fs.rmSync(dir, { recursive: true });
});

describe('SecretStore', () => {
  it('makes what is missing, private, and keeps what is there', () => {
    const store = new SecretStore(dir);
    store.createMissing();
    for (const name of Object.values(LOCAL_SECRETS)) {
      expect(store.read(name)?.length).toBeGreaterThanOrEqual(32);
      expect(fs.statSync(path.join(dir, 'secrets', name)).mode & 0o777).toBe(0o600);
    }
    expect(store.read(LOCAL_SECRETS.sampleTrafficKey)).toMatch(/^[0-9A-Za-z]{32,}$/);
    expect(store.read(LOCAL_SECRETS.keyPeppers)).toMatch(/^1:[A-Za-z0-9+/]{43}=$/);
    const before = store.read(LOCAL_SECRETS.gatewayAdminToken);
    store.createMissing();
    expect(store.read(LOCAL_SECRETS.gatewayAdminToken)).toBe(before);
  });

  it('reads versions: the bare file is the latest, and the first unless that has a file', () => {
    const store = new SecretStore(dir);
    store.createMissing();
    const write = (file: string, value: string): void => {
      fs.writeFileSync(path.join(dir, 'secrets', file), value);
    };
    write('token', 'newest');
    expect(['latest', '1', '2', ''].map((version) => store.read('token', version))).toEqual([
      'newest',
      'newest',
      null,
      null,
    ]);
    write('token@1', 'first');
    write('token@2', 'second');
    expect(
      ['latest', '1', '2', '3', '../x'].map((version) => store.read('token', version)),
    ).toEqual(['newest', 'first', 'second', null, null]);
  });

  it('reads by full name, and nothing outside its folder', () => {
    const store = new SecretStore(dir);
    store.createMissing();
    fs.writeFileSync(path.join(dir, 'outside'), 'no');
    expect(store.read(`projects/local/secrets/${LOCAL_SECRETS.principalSecret}`)).not.toBeNull();
    expect(store.read('../outside')).toBeNull();
    expect(store.read('..')).toBeNull();
    expect(store.read('absent')).toBeNull();
  });
});
