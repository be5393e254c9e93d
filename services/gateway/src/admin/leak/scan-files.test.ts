import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintKey } from '../../keys/key-format.ts';
import { findTokens } from './find-tokens.ts';
import { scanFiles } from './scan-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omni-scan-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('findTokens', () => {
  it('finds every planted key with its line, and returns nothing secret', () => {
    const [first, second] = [mintKey('live'), mintKey('test')];
    const text = `a\nkey="${first.text}"\n\n{"x":"${second.text}"},${first.text}.`;
    const found = findTokens(text);
    expect(found.map(({ id, line }) => [id, line])).toEqual([
      [first.id, 2],
      [second.id, 4],
      [first.id, 4],
    ]);
    expect(JSON.stringify(found)).not.toContain(first.text.slice(22, 54));
  });

  it('takes nothing else for a key: wrong checksum, longer words, random text', () => {
    const { text } = mintKey('live');
    const other = text.at(-1) === 'a' ? 'b' : 'a';
    for (const wrong of [text.slice(0, -1) + other, `x${text}`, `${text}x`, text.slice(0, -1)]) {
      expect(findTokens(wrong)).toEqual([]);
    }
    const base62 = fc.stringMatching(/^[0-9A-Za-z]{50}$/);
    fc.assert(
      fc.property(base62, (tail) => {
        expect(findTokens(`omni_live_${tail}`)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('scanFiles', () => {
  it('looks through folders, large files and binary ones, also across pieces', async () => {
    const keys = [mintKey('live'), mintKey('live'), mintKey('live')];
    const [plain, across, binary] = keys.map(({ text }) => text);
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    writeFileSync(join(folder, 'deep', 'er', '.env'), `\nA=1\nKEY=${plain ?? ''}\n`);
    writeFileSync(join(folder, 'large'), `${'\n'.repeat(1024 * 1024 - 30)}${across ?? ''}\n`);
    writeFileSync(
      join(folder, 'bin'),
      Buffer.concat([Buffer.alloc(9, 255), Buffer.from(binary ?? ''), Buffer.alloc(9)]),
    );
    const { found, files, unreadable } = await scanFiles([folder, join(folder, 'none')]);
    expect(files).toBe(3);
    expect(unreadable).toEqual([join(folder, 'none')]);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(keys.map(({ id }) => id)));
    expect(found).toHaveLength(3);
    expect(found.find(({ path }) => path.endsWith('.env'))?.line).toBe(3);
    expect(found.find(({ path }) => path.endsWith('large'))?.line).toBe(1024 * 1024 - 29);
  });
});

describe('scan-text.ts', () => {
  const run = (...paths: string[]): { status: number | null; out: string } => {
    const entry = fileURLToPath(new URL('../../scan-text.ts', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...paths]);
    return { status, out: stdout.toString() + stderr.toString() };
  };

  it('prints ids and says by its status whether there were any', () => {
    const { text, id } = mintKey('live');
    writeFileSync(join(folder, 'leak'), text);
    const { status, out } = run(folder);
    expect(status).toBe(1);
    expect(out).toContain(id);
    expect(out).not.toContain(text.slice(22, 54));
    expect(run().status).toBe(2);
  });
});
