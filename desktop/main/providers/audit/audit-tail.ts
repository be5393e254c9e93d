import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { AuditEntry } from '../../../shared/contract/audit.ts';
import { parseEntry } from './verify-chain.ts';

/** How a log ends. */
export interface AuditTail {
  readonly last: AuditEntry | null;
  /** What follows the last line end: nothing, a whole entry, or the beginning of one. */
  readonly rest: Buffer;
}

/** What a file is told apart by. Its change time is the system's: nobody can set it back. */
export type FileStamp = Pick<BigIntStats, 'ino' | 'size' | 'ctimeNs'>;

const BLOCK_BYTES = 64 * 1024;
const LINE_END = 0x0a;

export async function stampOf(file: FileHandle): Promise<FileStamp> {
  const { ino, size, ctimeNs } = await file.stat({ bigint: true });
  return { ino, size, ctimeNs };
}

export function isSameFile(a: FileStamp, b: FileStamp): boolean {
  return a.ino === b.ino && a.size === b.size && a.ctimeNs === b.ctimeNs;
}

/** Reads a log from its end on until there is an entry: never more than that needs. */
export async function readTail(file: FileHandle, size: number): Promise<AuditTail> {
  for (let length = BLOCK_BYTES; ; length *= 4) {
    const from = Math.max(0, size - length);
    const bytes = Buffer.alloc(size - from);
    await file.read(bytes, 0, bytes.length, from);
    // What begins in the middle of a line is left out; it is read with the next, longer piece.
    const begin = from === 0 ? 0 : bytes.indexOf(LINE_END) + 1;
    const tail = tailOf(bytes.subarray(begin));
    if (from === 0 || (begin > 0 && tail.last !== null)) return tail;
  }
}

function tailOf(bytes: Buffer): AuditTail {
  const rest = bytes.subarray(bytes.lastIndexOf(LINE_END) + 1);
  const lines = bytes.toString('utf8').split('\n');
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const last = parseEntry(lines[at] ?? '');
    if (last !== null) return { last, rest };
  }
  return { last: null, rest };
}
