import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { projectRoot } from './bootstrap/places.mjs';
import { BASE_IMAGE, makeBaseImage } from './images/base-image.ts';
import { buildFromBundle, buildFromSources, imagePlans, sizeMb } from './images/build-images.ts';
import type { ImagePlan } from './images/build-images.ts';
import { startOwnDocker } from './images/docker-daemon.ts';
import type { OwnDocker } from './images/docker-daemon.ts';
import { connectDocker } from './images/docker.ts';
import type { Docker } from './images/docker.ts';
import { parseImageOptions } from './images/options.ts';
import type { ImageOptions } from './images/options.ts';
import { smokeTest } from './images/smoke-test.ts';
import { timed } from './images/timed.ts';

/** `npm run images [-- --offline-base --from-sources --smoke --save]`: docs/operations/images.md. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseImageOptions(args);
  const { docker, close } = await openDocker(options);
  try {
    if (options.offlineBase) {
      await timed(`making ${BASE_IMAGE} of Debian packages`, () => makeBaseImage(docker));
    }
    const tooLarge = await buildAll(docker, options);
    if (options.smoke) await smokeTest(docker);
    if (options.save) await saveAll(docker);
    return tooLarge ? 1 : 0;
  } finally {
    await close();
  }
}

/** A base image made here must not replace the real one in the machine's Docker. */
async function openDocker(options: ImageOptions): Promise<OwnDocker> {
  if (options.offlineBase) return timed('starting a Docker of our own', startOwnDocker);
  const docker = await connectDocker();
  await docker.run(['version']);
  return { docker, close: () => Promise.resolve() };
}

async function buildAll(docker: Docker, options: ImageOptions): Promise<boolean> {
  const build = options.fromSources ? buildFromSources : buildFromBundle;
  let tooLarge = false;
  for (const plan of imagePlans) {
    await timed(`building ${plan.image}`, () => build(docker, plan));
    tooLarge = !(await withinLimit(docker, plan)) || tooLarge;
  }
  return tooLarge;
}

async function withinLimit(docker: Docker, { image, limitMb }: ImagePlan): Promise<boolean> {
  const size = await sizeMb(docker, image);
  const within = size <= limitMb;
  const verdict = within ? 'ok' : 'TOO LARGE';
  process.stdout.write(`  ${image}: ${size.toFixed(0)} MB, limit ${limitMb} MB: ${verdict}\n`);
  return within;
}

async function saveAll(docker: Docker): Promise<void> {
  const folder = path.join(projectRoot, 'dist', 'images');
  fs.mkdirSync(folder, { recursive: true });
  for (const { service, image } of imagePlans) {
    const file = path.join(folder, `${service}.tar`);
    await timed(`saving ${path.relative(projectRoot, file)}`, () =>
      docker.run(['save', '--output', file, image]),
    );
  }
}
