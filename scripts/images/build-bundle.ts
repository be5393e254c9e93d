import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { StartFailure } from '../bootstrap/failure.mjs';
import { projectRoot } from '../bootstrap/places.mjs';
import { addBuildContext, emptyBundleFolder } from './bundle-context.ts';

const run = promisify(execFile);
const worker = path.join(projectRoot, 'services/local-cloud/src/build/build-worker.ts');
/** The worker's last line names every file that went into the bundle. */
const maxBuffer = 64 * 1024 * 1024;

/** Docker's names of the machines that an image can be for, and Node's. */
const machines = {
  'linux/amd64': ['linux', 'x64'],
  'linux/arm64': ['linux', 'arm64'],
} as const;

export type BundleOrder = {
  /** The service's source folder. */
  folder: string;
  /** Where the bundle goes. */
  out: string;
  /** `linux/amd64` or `linux/arm64`; this machine's when left out. */
  platform?: string | undefined;
};

/** Bundles a service into a folder of its own that is a build context too. */
export async function buildBundle({ folder, out, platform }: BundleOrder): Promise<void> {
  const machine = platform === undefined ? [] : machineOf(platform);
  emptyBundleFolder(out);
  try {
    await run(process.execPath, [worker, folder, path.resolve(out), ...machine], { maxBuffer });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? error.stderr : error;
    throw new StartFailure(
      'BUNDLE_FAILED',
      `${folder} could not be built.\n${String(words).trim()}`,
      'correct what the lines above name.',
    );
  }
  addBuildContext(folder, out);
}

function machineOf(platform: string): readonly string[] {
  if (platform in machines) return machines[platform as keyof typeof machines];
  throw new StartFailure(
    'ARGUMENTS_INVALID',
    `'${platform}' is not a platform that an image can be built for.`,
    `choose one of ${Object.keys(machines).join(', ')}.`,
  );
}
