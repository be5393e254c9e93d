import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { BuildFailure } from './local-build.ts';

/** Name of an object: folders and names, none of which may lead out of its bucket. */
const OBJECT = /^(?:[a-zA-Z0-9][\w.-]*\/)*[a-zA-Z0-9][\w.-]*$/;
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}$/;

/** A bucket of Cloud Storage is a folder of the state folder: whoever stores an object writes there. */
export const BUCKETS_FOLDER = 'buckets';

export function isStoredSource(bucket: string, object: string): boolean {
  return BUCKET.test(bucket) && OBJECT.test(object);
}

/**
 * Unpacks a source archive (`.tar.gz`) into a folder and answers the service's folder in it: the one
 * with a `src/server.ts`, at its root or below `services/`, as a build context of this stack has it.
 */
export async function unpackSource(archive: string, into: string): Promise<string> {
  if (!fs.existsSync(archive)) throw new BuildFailure('The source is not in its bucket.', false);
  fs.mkdirSync(into, { recursive: true, mode: 0o700 });
  await promisify(execFile)('tar', ['-xzf', archive, '-C', into]).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new BuildFailure(`The source archive can't be unpacked: ${why}`, false);
  });
  const services = path.join(into, 'services');
  const below = fs.existsSync(services) ? fs.readdirSync(services) : [];
  const [found, ...others] = [into, ...below.map((name) => path.join(services, name))].filter(
    (folder) => fs.existsSync(path.join(folder, 'src/server.ts')),
  );
  if (found !== undefined && others.length === 0) return found;
  throw new BuildFailure('The archive must hold exactly one service with a src/server.ts.', false);
}
