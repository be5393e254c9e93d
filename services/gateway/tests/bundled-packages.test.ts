import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';

const SERVICES = path.join(import.meta.dirname, '../..');
const WORKER = path.join(SERVICES, 'local-cloud/src/build/build-worker.ts');
const PACKAGE = /node_modules\/((?:@[^/"]+\/)?[^/"]+)/g;

/** What may be in the file that is shipped. A new name here is a decision: docs/dependencies.md. */
// prettier-ignore
const ALLOWED = [
  '@fastify/ajv-compiler', '@fastify/deepmerge', '@fastify/error',
  '@fastify/fast-json-stringify-compiler', '@fastify/forwarded', '@fastify/merge-json-schemas',
  '@fastify/proxy-addr', '@opentelemetry/api', '@pinojs/redact', '@redis/client',
  '@sentry/conventions', '@sentry/core', 'abstract-logging', 'ajv', 'ajv-formats', 'atomic-sleep',
  'avvio', 'cookie', 'dequal', 'fast-decode-uri-component', 'fast-deep-equal',
  'fast-json-stringify', 'fast-querystring', 'fast-uri', 'fastify', 'fastq', 'find-my-way',
  'ipaddr.js', 'jose', 'json-schema-ref-resolver', 'json-schema-traverse', 'light-my-request',
  'on-exit-leak-free', 'pg', 'pg-cloudflare', 'pg-connection-string', 'pg-int8', 'pg-pool',
  'pg-protocol', 'pg-types', 'pgpass', 'pino', 'pino-std-serializers', 'postgres-array',
  'postgres-bytea', 'postgres-date', 'postgres-interval', 'process-warning',
  'quick-format-unescaped', 'ret', 'reusify', 'rfdc', 'safe-regex2', 'safe-stable-stringify',
  'secure-json-parse', 'semver', 'set-cookie-parser', 'sonic-boom', 'split2', 'thread-stream',
  'toad-cache', 'xtend', 'yaml', 'zod',
];

it('GS19: the bundle holds these packages and no others', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'omni-bundle-'));
  try {
    const log = execFileSync(process.execPath, [WORKER, path.join(SERVICES, 'gateway'), out], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    // The last line lists every file that went in.
    const outcome = log.trim().split('\n').at(-1) ?? '';
    const packages = new Set([...outcome.matchAll(PACKAGE)].map(([, name = '']) => name));
    expect([...packages].sort()).toEqual(ALLOWED);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}, 60_000);
