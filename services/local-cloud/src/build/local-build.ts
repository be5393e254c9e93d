import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findSetpriv } from '../supervisor/spawn-instance.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { BuildRecord } from './build-record.ts';
import { hashFile, listFiles } from './place-files.ts';
import { readBuildPlan } from './build-plan.ts';

const WORKER = fileURLToPath(new URL('./build-worker.ts', import.meta.url));
const outcomeSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  inputs: z.record(z.string(), z.string()),
});

export interface BuildRequest {
  readonly id: string;
  readonly sourceDir: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The build's own words about why it failed. */
export class BuildFailure extends Error {
  readonly cancelled: boolean;

  constructor(message: string, cancelled: boolean) {
    super(message);
    this.name = 'BuildFailure';
    this.cancelled = cancelled;
  }
}

/** Builds a service folder into an artifact; resolves with its digest and its inputs. */
export async function buildArtifact(
  artifacts: ArtifactStore,
  request: BuildRequest,
): Promise<BuildRecord> {
  const workDir = artifacts.newWorkFolder(request.id);
  try {
    const outcome = await runWorker(request, workDir);
    artifacts.adopt(workDir, outcome.digest);
    return outcome;
  } finally {
    artifacts.discard(workDir);
  }
}

/** Would the same inputs go in again? Then the artifact of last time is the answer. */
export function isUpToDate(record: BuildRecord, sourceDir: string): boolean {
  const known = new Set(Object.keys(record.inputs));
  const plan = readBuildPlan(sourceDir);
  const copied = plan.copy.flatMap((name) => {
    const dir = path.join(sourceDir, name);
    return fs.statSync(dir).isDirectory()
      ? listFiles(dir).map((file) => path.join(dir, file))
      : [dir];
  });
  return (
    copied.every((file) => known.has(file)) &&
    Object.entries(record.inputs).every(
      ([file, hash]) => fs.existsSync(file) && hashFile(file) === hash,
    )
  );
}

function runWorker(request: BuildRequest, workDir: string): Promise<BuildRecord> {
  const node = [process.execPath, WORKER, request.sourceDir, workDir];
  const wrapper = findSetpriv();
  const argv = wrapper === null ? node : [wrapper, '--pdeathsig', 'KILL', '--', ...node];
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: request.signal });
    const out: string[] = [];
    const errors: string[] = [];
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      out.push(line);
      if (!line.startsWith('{')) request.onLine(line);
    });
    readline.createInterface({ input: child.stderr }).on('line', (line) => {
      errors.push(line);
      request.onLine(line);
    });
    child.once('error', (error) => {
      reject(new BuildFailure(error.message, request.signal.aborted));
    });
    child.once('close', (code) => {
      const outcome = code === 0 ? readOutcome(out.at(-1) ?? '') : null;
      if (outcome !== null) resolve(outcome);
      else
        reject(new BuildFailure(errors.join('\n') || `exit code ${code}`, request.signal.aborted));
    });
  });
}

/** The worker's last line, or null when it ended without one. */
function readOutcome(line: string): BuildRecord | null {
  try {
    return outcomeSchema.parse(JSON.parse(line));
  } catch {
    // Not the JSON that a finished build prints: the caller fails the build.
    return null;
  }
}
