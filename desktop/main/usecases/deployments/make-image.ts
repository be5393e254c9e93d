import { shortDigest } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import type { SourcePackage } from '../../ports/image-builder.ts';
import type { OperationRun } from '../operations/operation-run.ts';

/** What makes an image; skipped when the serving one is kept. */
const IMAGE_STAGES = ['package', 'upload', 'build', 'push'] as const;

export interface ImageOrder {
  readonly service: StackServiceId;
  /** False: the serving image is kept. */
  readonly build: boolean;
}

/**
 * The stages package, upload, build and push. Null when the serving image is kept. An image that an
 * earlier process built is not built again, and a build that it had submitted is followed.
 */
export async function makeImage(run: OperationRun, order: ImageOrder): Promise<string | null> {
  const { image } = run.progress;
  if (image !== null) return image;
  if (order.build) return buildImage(run, order.service);
  for (const id of IMAGE_STAGES) run.skip(id, 'The serving image is kept');
  return null;
}

async function buildImage(run: OperationRun, service: string): Promise<string> {
  const { builder } = run.session;
  const source = await run.stage('package', async () => {
    const packed = await builder.package(service);
    run.detail(`${filesOf(packed.files)}, ${sizeOf(packed.bytes)}`);
    return packed;
  });
  await uploadSource(run, source);
  const image = await run.stage('build', async () => {
    const onLog = (line: string): void => {
      run.log(line);
      run.detail(line);
    };
    const built = await builder.build({
      source,
      onLog,
      signal: run.signal,
      submitted: run.progress.buildName,
      onSubmitted: (buildName) => run.remember({ buildName }),
    });
    await run.remember({ image: built.image });
    run.log(`Image ${built.image}`);
    run.detail(wordsOf(built));
    return built.image;
  });
  run.skip('push', 'The build has put the image where the platform reads it');
  return image;
}

async function uploadSource(run: OperationRun, source: SourcePackage): Promise<void> {
  const { builder } = run.session;
  if (builder.upload === undefined) {
    run.skip('upload', 'The platform reads the source folder by itself');
    return;
  }
  await run.stage('upload', async () => builder.upload?.(source, run.signal));
}

function wordsOf({ image, reused }: { readonly image: string; readonly reused: boolean }): string {
  return reused
    ? 'Unchanged source: the image it built before is used'
    : `Built ${shortDigest(image)}`;
}

function filesOf(count: number): string {
  return count === 1 ? '1 file' : `${String(count)} files`;
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${(bytes / 1000).toFixed(1)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
