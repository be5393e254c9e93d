import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../ports/domain-error.ts';

/** Made by tools, never part of what is built. */
const SKIPPED = new Set(['node_modules', '.cache', 'dist', '.git']);
/** Parents of service folders that are never meant. */
const SERVICE_FOLDER = /^[a-z][a-z0-9-]*$/;

export interface SourceSize {
  readonly files: number;
  readonly bytes: number;
}

/** Counts the files of a service's folder. Throws SOURCE_NOT_FOUND. */
export async function measureSource(sourcesFolder: string, service: string): Promise<SourceSize> {
  if (!SERVICE_FOLDER.test(service)) throw notFound(service, null);
  try {
    return await measureFolder(path.join(sourcesFolder, service));
  } catch (error) {
    throw notFound(service, error);
  }
}

async function measureFolder(folder: string): Promise<SourceSize> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => !SKIPPED.has(entry.name))
      .map(async (entry): Promise<SourceSize> => {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory()) return measureFolder(name);
        return { files: 1, bytes: (await stat(name)).size };
      }),
  );
  return {
    files: sizes.reduce((sum, size) => sum + size.files, 0),
    bytes: sizes.reduce((sum, size) => sum + size.bytes, 0),
  };
}

function notFound(service: string, cause: unknown): DomainError {
  return sourceNotFound(`There is no source folder for ${service}.`, cause);
}

export function sourceNotFound(message: string, cause: unknown): DomainError {
  return new DomainError({
    code: 'SOURCE_NOT_FOUND',
    message,
    nextStep: 'Check the name of the service and where the console looks for sources.',
    cause,
  });
}
