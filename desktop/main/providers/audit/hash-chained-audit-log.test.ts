import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
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

  it.each([
    ['the last line cut off', 4, '1 entry is missing', cutLines(1)],
    ['three lines cut off', 2, '3 entries are missing', cutLines(3)],
    ['everything cut off', 1, '4 entries are missing', cutLines(4)],
    ['the seal taken away', 4, 'seal of the log is missing', (file: string) => rm(`${file}.seal`)],
    ['the seal scribbled on', 4, 'can’t be read', (file: string) => writeFile(`${file}.seal`, '?')],
    ['a whole other log', 4, 'written anew', rewritten],
  ] as const)('%s is noticed', async (_what, at, problem, work) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      for (const subject of ['one', 'two', 'three', 'four'])
        await log.append({ ...entry, subject });
      await work(file);
      const verdict = await log.verify();
      expect(verdict.brokenAt).toBe(at);
      expect(verdict.problem).toContain(problem);
    });
  });

  it('keeps a cut visible when it is written on', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      for (const subject of ['one', 'two', 'three']) await log.append({ ...entry, subject });
      await cutLines(1)(file);
      await log.append({ ...entry, subject: 'four' });
      await log.append({ ...entry, subject: 'five' });
      expect(await log.verify()).toMatchObject({ brokenAt: 3 });
      expect((await log.list(1))[0]).toMatchObject({ sequence: 5, subject: 'five' });
    });
  });

  it('says from where on a seal vouches when one was lost', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      for (const subject of ['one', 'two', 'three']) await log.append({ ...entry, subject });
      await rm(`${file}.seal`);
      await log.append({ ...entry, subject: 'four' });
      expect(await log.verify()).toMatchObject({ brokenAt: null, sealedFrom: 4 });
    });
  });

  it('takes a crash between an entry and its seal for what it is', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      await log.append({ ...entry, subject: 'one' });
      await rm(`${file}.seal`);
      expect(await log.verify()).toMatchObject({ entries: 1, brokenAt: null });
      await log.append({ ...entry, subject: 'two' });
      const seal = await readFile(`${file}.seal`, 'utf8');
      await log.append({ ...entry, subject: 'three' });
      await writeFile(`${file}.seal`, seal);
      expect(await log.verify()).toMatchObject({ entries: 3, brokenAt: null, sealedFrom: 1 });
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
      expect(await log.verify()).toMatchObject({ entries: 2, brokenAt: null });
      const copy = (await readdir(folder)).find((name) => name.includes('.torn-')) ?? '';
      expect(await readFile(join(folder, copy), 'utf8')).toBe(torn);
    });
  });

  it('goes on behind what another writer added', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const [one, other] = [0, 1].map(() => new HashChainedAuditLog(file, silentLogger));
      for (const subject of ['a', 'b', 'c']) {
        await one?.append({ ...entry, subject });
        await other?.append({ ...entry, subject });
      }
      expect(await one?.verify()).toMatchObject({ entries: 6, brokenAt: null });
    });
  });

  it.each([
    ['edited in its last line', (text: string) => text.replace('"three"', '"THREE"'), 3],
    ['edited further up', (text: string) => text.replace('"one"', '"ONE"'), 1],
    ['put in another’s place', (text: string) => text, null],
    ['cut to half a line', (text: string) => text.slice(0, -20), 3],
  ])('a log that is %s while its writer runs', async (_what, work, brokenAt) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      for (const subject of ['one', 'two', 'three']) await log.append({ ...entry, subject });
      await writeFile(`${file}.new`, work(await readFile(file, 'utf8')));
      await rename(`${file}.new`, file);
      await log.append({ ...entry, subject: 'four' });
      await log.append({ ...entry, subject: 'five' });
      expect((await log.verify()).brokenAt).toBe(brokenAt);
    });
  });

  it('finds the end of a log whose last lines are longer than it reads at once', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const append = (detail: string): Promise<unknown> =>
        new HashChainedAuditLog(file, silentLogger).append({ ...entry, subject: 'é', detail });
      for (const length of [10, 100_000, 65_536, 300_000, 1]) await append('é'.repeat(length));
      await appendFile(file, `{"torn":"${'x'.repeat(200_000)}`);
      await append('after');
      const log = new HashChainedAuditLog(file, silentLogger);
      expect(await log.verify()).toMatchObject({ entries: 6, brokenAt: null });
    });
  });

  it('reads the end of a log only, however long it is', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      const { sequence } = await log.append({ ...entry, subject: 'last' });
      const line = await readFile(file, 'utf8');
      // More than can be read at once; the file system keeps no block of it.
      await truncate(file, 5 * 2 ** 30);
      await appendFile(file, `\n${line}`);
      expect((await log.append({ ...entry, subject: 'next' })).sequence).toBe(sequence + 1);
    });
  });

  it('keeps a whole last line that only lacks its end', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'audit.ndjson');
      const log = new HashChainedAuditLog(file, silentLogger);
      await log.append({ ...entry, subject: 'one' });
      await writeFile(file, (await readFile(file, 'utf8')).trimEnd());
      await log.append({ ...entry, subject: 'two' });
      expect(await log.verify()).toMatchObject({ entries: 2, brokenAt: null });
    });
  });
});

function cutLines(count: number): (file: string) => Promise<void> {
  return async (file) => {
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(0, -count);
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  };
}

/** A log that fits in itself, made by somebody else, under the seal of the true one. */
async function rewritten(file: string): Promise<void> {
  const other = `${file}.other`;
  const log = new HashChainedAuditLog(other, silentLogger);
  for (const subject of ['a', 'b', 'c', 'd']) await log.append({ ...entry, subject });
  await writeFile(file, await readFile(other, 'utf8'));
}

function replaceAt(lines: string[], index: number, from: string, to: string): string[] {
  return lines.map((line, at) => (at === index ? line.replace(from, to) : line));
}

describe('an export', () => {
  it.each(['csv', 'jsonl'] as const)(
    'as %s has every entry and is nobody else’s',
    async (format) => {
      await withFolder(async (folder) => {
        const log = new HashChainedAuditLog(join(folder, 'audit.ndjson'), silentLogger);
        for (const subject of ['one', '=cmd()', 'a "b", c'])
          await log.append({ ...entry, subject });
        const { file, entries } = await log.export(format, Date.UTC(2026, 0, 2, 3, 4, 5));
        expect(entries).toBe(3);
        expect(file).toContain(`exports/audit-2026-01-02T03-04-05-000Z.${format}`);
        expect((await stat(file)).mode & 0o077).toBe(0);
        const text = await readFile(file, 'utf8');
        if (format === 'jsonl') {
          const listed = await log.list(10);
          const lines = text.trimEnd().split('\n');
          expect(lines.map((line) => JSON.parse(line) as unknown).reverse()).toEqual(listed);
          return;
        }
        const [head, first, formula, quoted] = text.split('\r\n');
        expect(head).toBe('sequence,at,actor,target,action,subject,outcome,detail,hash');
        expect(first).toMatch(
          /^1,1970-01-01T00:00:00\.001Z,tester,local,keys\.create,one,ok,,[0-9a-f]{64}$/,
        );
        expect(formula).toContain(",'=cmd(),");
        expect(quoted).toContain(',"a ""b"", c",');
      });
    },
  );
});
