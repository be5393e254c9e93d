import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SERVICES = join(import.meta.dirname, '../services');
const WORKER = join(SERVICES, 'local-cloud/src/build/build-worker.ts');

/** Builds the gateway as the local cloud does; returns the path of what a revision would run. */
export async function bundleGateway(folder: string): Promise<string> {
  const out = join(folder, 'gateway');
  await run(process.execPath, [WORKER, join(SERVICES, 'gateway'), out]);
  return join(out, 'server.mjs');
}
