/** `npm run build:service -- FOLDER OUT`: one service's bundle, as the local cloud builds it. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { projectRoot } from './bootstrap/places.mjs';

const run = promisify(execFile);
const worker = path.join(projectRoot, 'services/local-cloud/src/build/build-worker.ts');
/** The worker's last line names every file that went into the bundle. */
const maxBuffer = 64 * 1024 * 1024;

const [folder, out] = process.argv.slice(2);
if (folder === undefined || out === undefined) {
  process.stderr.write('Usage: npm run build:service -- services/gateway dist/gateway\n');
  process.exit(2);
}
try {
  await run(process.execPath, [worker, path.resolve(folder), path.resolve(out)], { maxBuffer });
  process.stdout.write(`${folder} is built: ${path.join(out, 'server.mjs')}\n`);
} catch (error) {
  const words = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  process.stderr.write(`${folder} could not be built.\n${words}`);
  process.exitCode = 1;
}
