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

/** Hard-links a file (a model is large), or copies it where the file systems differ. */
export function placeFile(source: string, target: string): void {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const real = fs.realpathSync(source);
  try {
    fs.linkSync(real, target);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'EACCES'].includes(codeOf(error))) throw error;
    fs.copyFileSync(real, target);
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
