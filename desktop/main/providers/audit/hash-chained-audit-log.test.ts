import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFolder } from '../../testing/temporary-folder.ts';
import { auditLogSuite } from '../audit-log.conformance.ts';
import { MemoryAuditLog } from '../fakes/memory-audit-log.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { HashChainedAuditLog } from './hash-chained-audit-log.ts';

auditLogSuite('in memory', () => {
  const log = new MemoryAuditLog();
  return Promise.resolve({ open: () => log, remove: () => Promise.resolve() });
});

auditLogSuite('in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'omni-audit-'));
  const log = new HashChainedAuditLog(join(folder, 'sub', 'audit.ndjson'), silentLogger);
  return { open: () => log, remove: () => rm(folder, { recursive: true }) };
});

const entry = {
  at: 1,
  actor: 'tester',
  target: 'local',
  action: 'keys.create',
  outcome: 'ok' as const,
  detail: '',
};

describe('an audit log that somebody worked on', () => {
  it.each([
    ['an edited word', 2, (lines: string[]) => replaceAt(lines, 1, 'two', 'TWO')],
    ['a removed line', 3, (lines: string[]) => lines.toSpliced(2, 1)],
    [
      'two swapped lines',
      2,
      (lines: string[]) => [lines[0], lines[2], lines[1], ...lines.slice(3)],
    ],
    ['an edited hash', 4, (lines: string[]) => replaceAt(lines, 3, '"hash":"', '"hash":"0')],
    ['a line that is no entry', 1, (lines: string[]) => ['{}', ...lines.slice(1)]],
    ['a line put in', 5, (lines: string[]) => [...lines, lines[0]]],
  ])('%s fails at line %i', async (_what, line, tamper) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      for (const subject of ['one', 'two', 'three', 'four'])
        await log.append({ ...entry, subject });
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      await writeFile(file, `${tamper(lines).join('\n')}\n`);
      expect((await log.verify()).brokenAt).toBe(line);
    });
  });

  it('cuts a torn line off, keeps a copy, and its chain stays whole', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      await log.append({ ...entry, subject: 'één' });
      const torn = '{"sequence":2,"at';
      await writeFile(file, `${await readFile(file, 'utf8')}${torn}`);
      await log.append({ ...entry, subject: 'two' });
      expect(await log.list(5)).toHaveLength(2);
      expect(await log.verify()).toEqual({ entries: 2, brokenAt: null });
      const copy = (await readdir(folder)).find((name) => name.includes('.torn-')) ?? '';
      expect(await readFile(join(folder, copy), 'utf8')).toBe(torn);
    });
  });

  it('keeps a whole last line that only lacks its end', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      await log.append({ ...entry, subject: 'one' });
      await writeFile(file, (await readFile(file, 'utf8')).trimEnd());
      await log.append({ ...entry, subject: 'two' });
      expect(await log.verify()).toEqual({ entries: 2, brokenAt: null });
    });
  });
});

function replaceAt(lines: string[], index: number, from: string, to: string): string[] {
  return lines.map((line, at) => (at === index ? line.replace(from, to) : line));
}
