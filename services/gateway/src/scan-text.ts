import { scanFiles } from './admin/leak/scan-files.ts';

/**
 * `node services/gateway/src/scan-text.ts PATH...`: finds keys of the gateway in files and folders,
 * without any connection. Prints one JSON line per find (id, place, last four characters, never the
 * key); the ids go into `POST /admin/v1/keys/scan` and `/keys/bulk`. Exit status 1 when something
 * was found, 2 when it can't be used or something could not be read.
 */
async function main(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) {
    process.stderr.write('Usage: node scan-text.ts PATH...\n');
    return 2;
  }
  const { found, files, unreadable } = await scanFiles(paths);
  for (const each of found) process.stdout.write(`${JSON.stringify(each)}\n`);
  for (const path of unreadable) process.stderr.write(`Not readable: ${path}\n`);
  const ids = new Set(found.map(({ id }) => id));
  process.stderr.write(`${files} files, ${found.length} finds of ${ids.size} keys\n`);
  if (unreadable.length > 0) return 2;
  return found.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
