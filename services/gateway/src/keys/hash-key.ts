import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A secret that keys are hashed with, kept apart from the database. */
export interface Pepper {
  version: number;
  secret: Buffer;
}

export interface KeyDigest {
  pepperVersion: number;
  digest: Buffer;
}

/** Hashes a key with every pepper; the current one is first. */
export type KeyHasher = (key: string) => readonly [KeyDigest, ...KeyDigest[]];

/** `2:base64,1:base64`, the first is current; null when malformed. */
export function parsePeppers(text: string): [Pepper, ...Pepper[]] | null {
  const peppers: Pepper[] = [];
  for (const item of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const [, version, base64 = ''] = /^(\d{1,6}):([A-Za-z0-9+/_-]+=*)$/.exec(item) ?? [];
    const secret = Buffer.from(base64, 'base64');
    if (version === undefined || secret.length < 16) return null;
    peppers.push({ version: Number(version), secret });
  }
  const [current, ...older] = peppers;
  const versions = new Set(peppers.map((pepper) => pepper.version));
  return current === undefined || versions.size < peppers.length ? null : [current, ...older];
}

/** Without a store nothing outlives the process, so a random pepper will do. */
export function processPepper(): [Pepper] {
  return [{ version: 0, secret: randomBytes(32) }];
}

/**
 * HMAC-SHA-256, not bcrypt: keys are random with 190 bits, there is nothing to guess, and every
 * request pays for it (2 us). The work is the same for known, unknown and malformed keys.
 */
export function createKeyHasher(peppers: readonly [Pepper, ...Pepper[]]): KeyHasher {
  // A key object made once: with a bare buffer Node makes one per HMAC, five times the cost.
  const [current, ...older] = peppers.map(({ version, secret }) => ({
    version,
    secret: createSecretKey(secret),
  }));
  const hash = (key: string, pepper: { version: number; secret: KeyObject }): KeyDigest => ({
    pepperVersion: pepper.version,
    digest: createHmac('sha256', pepper.secret).update(key).digest(),
  });
  if (current === undefined) throw new Error('A hasher needs a pepper');
  return (key) => [hash(key, current), ...older.map((pepper) => hash(key, pepper))];
}
