import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { syncFolder } from '../os/sync-folder.ts';

const auditSeal = z.object({
  /** So many entries were written. */
  entries: z.number().int().positive(),
  /** Hash of the last of them. */
  hash: z.string(),
  /** The first entry whose number is vouched for: 1, unless a seal was missing once. */
  from: z.number().int().positive(),
});

/**
 * How long the log has to be and how it ends. Written after the entry is on disk, so that a crash in
 * between leaves one entry more than it says, never one less: less is somebody's work.
 */
export type AuditSeal = z.infer<typeof auditSeal>;

/** `damaged` when there is a file that makes no sense, `null` when there is none. */
export async function readSeal(file: string): Promise<AuditSeal | 'damaged' | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return auditSeal.parse(JSON.parse(text));
  } catch {
    // Neither JSON nor a seal: whoever verifies says so.
    return 'damaged';
  }
}

/** Replaces the seal in one step that survives a power cut. */
export async function writeSeal(file: string, seal: AuditSeal): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.tmp`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(seal)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncFolder(dirname(file));
}
