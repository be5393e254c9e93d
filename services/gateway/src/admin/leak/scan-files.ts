import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findTokens } from './find-tokens.ts';
import type { FoundToken } from './find-tokens.ts';

export interface FoundInFile extends FoundToken {
  path: string;
}

export interface ScanResult {
  found: FoundInFile[];
  files: number;
  /** Files and folders that could not be read. */
  unreadable: string[];
}

/** Read piece by piece, so that a large file needs no large memory. */
const PIECE_BYTES = 1024 * 1024;
/** A key that lies across two pieces is found in the second: it begins with the end of the first. */
const OVERLAP_BYTES = 128;

/** Looks through files and folders, everything in them, without following links. */
export async function scanFiles(paths: readonly string[]): Promise<ScanResult> {
  const result: ScanResult = { found: [], files: 0, unreadable: [] };
  for (const path of paths) await scanPath(path, result);
  return result;
}

async function scanPath(path: string, result: ScanResult): Promise<void> {
  try {
    const { isDirectory } = await kindOf(path);
    if (isDirectory) await scanFolder(path, result);
    else await scanFile(path, result);
  } catch {
    // No permission, or gone meanwhile: reported, the rest is still looked through.
    result.unreadable.push(path);
  }
}

async function kindOf(path: string): Promise<{ isDirectory: boolean }> {
  return { isDirectory: (await stat(path)).isDirectory() };
}

async function scanFolder(folder: string, result: ScanResult): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.filter(isFileOrFolder)) {
    await scanPath(join(folder, entry.name), result);
  }
}

function isFileOrFolder(entry: Dirent): boolean {
  return entry.isFile() || entry.isDirectory();
}

/** As Latin-1: a key is ASCII, and every byte of any file has a character. */
async function scanFile(path: string, result: ScanResult): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(PIECE_BYTES);
    const known = new Set<string>();
    let rest = '';
    let lines = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES);
      if (bytesRead === 0) break;
      const text = rest + buffer.toString('latin1', 0, bytesRead);
      for (const token of findTokens(text)) {
        const line = lines + token.line;
        const mark = `${token.id}:${line}`;
        if (!known.has(mark)) result.found.push({ ...token, line, path });
        known.add(mark);
      }
      rest = text.slice(-OVERLAP_BYTES);
      lines += countLines(text) - countLines(rest);
    }
    result.files += 1;
  } finally {
    await file.close();
  }
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
