import { parseArgs } from 'node:util';
import { StartFailure } from '../bootstrap/failure.mjs';

/** What `npm run images` was asked for. */
export type ImageOptions = {
  /** Make node:24-slim here, out of Debian packages, in a Docker of its own. */
  offlineBase: boolean;
  /** Bundle inside the image's first stage, as Cloud Build does, instead of before. */
  fromSources: boolean;
  /** Run docker-compose.yml on the images and try them. */
  smoke: boolean;
  /** Keep the images of a Docker of its own as files in dist/images. */
  save: boolean;
};

/** Command line -> options; a wrong one is a failure with the way out. */
export function parseImageOptions(args: readonly string[]): ImageOptions {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'offline-base': flag, 'from-sources': flag, smoke: flag, save: flag },
    });
    return {
      offlineBase: values['offline-base'],
      fromSources: values['from-sources'],
      smoke: values.smoke,
      save: values.save,
    };
  } catch (error) {
    throw new StartFailure(
      'ARGUMENTS_INVALID',
      error instanceof Error ? error.message : String(error),
      'npm run images -- [--offline-base] [--from-sources] [--smoke] [--save].',
    );
  }
}
