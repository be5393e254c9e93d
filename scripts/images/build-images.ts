import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { projectRoot } from '../bootstrap/places.mjs';
import { buildBundle } from './build-bundle.ts';
import { call } from './docker.ts';
import type { Docker } from './docker.ts';

/** One image: where it comes from and how large it may be, unpacked, in MB (10^6 bytes). */
export type ImagePlan = { service: 'gateway' | 'backend'; image: string; limitMb: number };

/** Both images. The names are those of docker-compose.yml. */
export const imagePlans: readonly ImagePlan[] = [
  { service: 'backend', image: 'ml-backend:latest', limitMb: 350 },
  { service: 'gateway', image: 'ai-gateway:latest', limitMb: 200 },
];

/** Bundles here and builds the image from the bundle: nothing is downloaded inside. */
export async function buildFromBundle(docker: Docker, plan: ImagePlan): Promise<void> {
  const context = fs.mkdtempSync(path.join(tmpdir(), `omni-${plan.service}-`));
  try {
    await buildBundle({ folder: path.join('services', plan.service), out: context });
    await docker.run(['build', ...(await labels()), '--tag', plan.image, context]);
  } finally {
    fs.rmSync(context, { recursive: true, force: true });
  }
}

/** Builds from the repository as Cloud Build does: with what git knows, packages fetched inside. */
export async function buildFromSources(docker: Docker, plan: ImagePlan): Promise<void> {
  const files = await call(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  const present = files.split('\0').filter((file) => fs.existsSync(path.join(projectRoot, file)));
  const network = docker.own ? ['--network=host'] : [];
  const file = ['--file', `services/${plan.service}/Dockerfile`];
  const args = ['build', ...network, ...(await labels()), ...file, '--tag', plan.image, '-'];
  await docker.run(args, { input: packed(present) });
}

/** The files as one tar: what is not named does not even travel to Docker. */
function packed(files: readonly string[]): Readable {
  const pack = ['--create', '--directory', projectRoot, '--null', '--files-from', '-'];
  const tar = spawn('tar', pack, { stdio: ['pipe', 'pipe', 'inherit'] });
  // When Docker gives up early tar ends too; the broken pipe adds nothing to what Docker says.
  tar.stdin.on('error', () => undefined);
  tar.stdin.end(files.filter((file) => file !== '').join('\0'));
  return tar.stdout;
}

/** The version and the commit that the image will name. */
async function labels(): Promise<readonly string[]> {
  const packageFile = fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8');
  const { version } = JSON.parse(packageFile) as { version: string };
  const args = ['--build-arg', `VERSION=${version}`];
  if (!fs.existsSync(path.join(projectRoot, '.git'))) return args;
  const commit = (await call(['git', '-C', projectRoot, 'rev-parse', 'HEAD'])).trim();
  return [...args, '--build-arg', `REVISION=${commit}`];
}

/** The unpacked size of an image in MB. */
export async function sizeMb(docker: Docker, image: string): Promise<number> {
  const bytes = await docker.run(['image', 'inspect', '--format', '{{.Size}}', image]);
  return Number(bytes) / 1e6;
}
