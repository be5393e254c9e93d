import { posix, win32 } from 'node:path';

/** What the path of the credentials file depends on. */
export interface HostFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: string;
}

/**
 * Where application default credentials are: the file that the target names, the one that the
 * environment names (an app started from a menu has none), or gcloud's own.
 */
export function adcPath(file: string | null, { env, home, platform }: HostFacts): string {
  if (file !== null && file !== '') return file;
  const named = env['GOOGLE_APPLICATION_CREDENTIALS'];
  if (named !== undefined && named !== '') return named;
  const paths = platform === 'win32' ? win32 : posix;
  return paths.join(gcloudFolder({ env, home, platform }), 'application_default_credentials.json');
}

function gcloudFolder({ env, home, platform }: HostFacts): string {
  const moved = env['CLOUDSDK_CONFIG'];
  if (moved !== undefined && moved !== '') return moved;
  if (platform !== 'win32') return posix.join(home, '.config', 'gcloud');
  const roaming = env['APPDATA'];
  return win32.join(roaming ?? win32.join(home, 'AppData', 'Roaming'), 'gcloud');
}
