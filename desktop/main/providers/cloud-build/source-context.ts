import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Ignores } from './docker-ignore.ts';
import { readDockerIgnore } from './docker-ignore.ts';
import { measureSource, sourceNotFound } from './measure-source.ts';
import type { ArchiveFile } from './tar-archive.ts';
import { tarOf } from './tar-archive.ts';

/** A build context, packed. */
export interface PackedSource {
  readonly service: string;
  readonly files: number;
  /** `.tar.gz`. */
  readonly archive: Buffer;
  /** Hex sha256 of the files: the same source has the same. */
  readonly digest: string;
}

/** Never part of a context, whatever an ignore file says. */
const NEVER = new Set(['node_modules', '.git', '.cache', 'dist']);

/**
 * Packs what the image of a service is built from: everything that `Dockerfile.dockerignore` beside
 * its Dockerfile lets through, from the folder above the services, with the Dockerfile at the root,
 * where Cloud Run's builds look for it. Throws SOURCE_NOT_FOUND.
 */
export async function packSource(sourcesFolder: string, service: string): Promise<PackedSource> {
  await measureSource(sourcesFolder, service);
  const root = path.dirname(sourcesFolder);
  const folder = path.join(sourcesFolder, service);
  const dockerfile = await readFile(path.join(folder, 'Dockerfile')).catch((error: unknown) => {
    throw sourceNotFound(`${service} has no Dockerfile to build it with.`, error);
  });
  const rules = await readFile(path.join(folder, 'Dockerfile.dockerignore'), 'utf8').catch(
    (error: unknown) => {
      throw sourceNotFound(`${service} has no Dockerfile.dockerignore that bounds it.`, error);
    },
  );
  const found = await filesBelow(root, '', readDockerIgnore(rules));
  const files = [...found, { path: 'Dockerfile', content: dockerfile, executable: false }];
  const tar = tarOf(files);
  return {
    service,
    files: files.length,
    archive: await promisify(gzip)(tar, { level: 6 }),
    digest: createHash('sha256').update(tar).digest('hex'),
  };
}

async function filesBelow(root: string, below: string, ignores: Ignores): Promise<ArchiveFile[]> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !NEVER.has(name))
      .map(async (entry): Promise<ArchiveFile[]> => {
        const name = below === '' ? entry.name : `${below}/${entry.name}`;
        // A folder that is left out may hold what a later rule takes back.
        if (entry.isDirectory()) return filesBelow(root, name, ignores);
        if (!entry.isFile() || ignores(name)) return [];
        const file = path.join(root, name);
        const { mode } = await stat(file);
        const executable = (mode & 0o100) !== 0;
        return [{ path: name, content: await readFile(file), executable }];
      }),
  );
  return found.flat();
}
