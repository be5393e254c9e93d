import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../start-failure.ts';

/** All files under a folder, relative to it, in a stable order. */
export function listFiles(dir: string): string[] {
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * Copies a file; where the file system can, it shares the blocks until one side changes. People edit
 * their sources in place, which must not reach an artifact that is deployed.
 */
export function copyFile(source: string, target: string): void {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(fs.realpathSync(source), target, fs.constants.COPYFILE_FICLONE);
}

/**
 * Hard-links a file of an installed package (native binaries are large), or copies it where the file
 * systems differ. Package tools replace the files of node_modules and don't write into them, so what
 * an artifact holds stays as it was.
 */
export function linkFile(source: string, target: string): void {
  const real = fs.realpathSync(source);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  try {
    fs.linkSync(real, target);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'EACCES'].includes(codeOf(error))) throw error;
    copyFile(real, target);
  }
}

/** sha256 of a file, read in pieces. */
export function hashFile(file: string): string {
  const hash = createHash('sha256');
  const fd = fs.openSync(file, 'r');
  const piece = Buffer.allocUnsafe(1024 * 1024);
  try {
    for (;;) {
      const length = fs.readSync(fd, piece);
      if (length === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, length));
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** sha256 over the names and contents of a folder: the image's digest. */
export function hashFolder(dir: string): string {
  const hash = createHash('sha256');
  for (const file of listFiles(dir))
    hash.update(`${file.split(path.sep).join('/')}\0${hashFile(path.join(dir, file))}\n`);
  return hash.digest('hex');
}
