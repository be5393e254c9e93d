import { describe, expect, it } from 'vitest';
import type { AuditLog, AuditRecord } from '../ports/audit-log.ts';

const record = (subject: string): AuditRecord => ({
  at: 1,
  actor: 'tester',
  target: 'local',
  action: 'keys.create',
  subject,
  outcome: 'ok',
  detail: 'line\nbreak "quoted"',
});

/** Holds an adapter to the promises of the port. `open` may be called again on what was written. */
export function auditLogSuite(
  name: string,
  make: () => Promise<{ open: () => AuditLog; remove: () => Promise<void> }>,
): void {
  describe(`AuditLog: ${name}`, () => {
    const cases: Record<string, (open: () => AuditLog) => Promise<void>> = {
      'is empty and whole at first': async (open) => {
        expect(await open().list(10)).toEqual([]);
        expect(await open().verify()).toMatchObject({ entries: 0, brokenAt: null, problem: null });
      },
      'numbers entries from one and lists the newest first': async (open) => {
        for (const subject of ['a', 'b', 'c']) await open().append(record(subject));
        const listed = await open().list(2);
        expect(listed.map(({ sequence, subject }) => `${String(sequence)} ${subject}`)).toEqual([
          '3 c',
          '2 b',
        ]);
        expect(await open().verify()).toMatchObject({ entries: 3, brokenAt: null, sealedFrom: 1 });
      },
      'chains entries that are appended at once': async (open) => {
        const log = open();
        await Promise.all(['a', 'b', 'c', 'd'].map((subject) => log.append(record(subject))));
        expect(await open().verify()).toMatchObject({ entries: 4, brokenAt: null });
      },
    };
    it.each(Object.entries(cases))('%s', async (_name, run) => {
      const { open, remove } = await make();
      try {
        await run(open);
      } finally {
        await remove();
      }
    });
  });
}
