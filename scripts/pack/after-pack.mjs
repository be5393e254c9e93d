import { rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * A folder as `electronDist` brings Electron's own launcher into the package, where nothing may be
 * started but the app.
 *
 * @param {{ appOutDir: string }} context electron-builder's
 */
export default async function removeLauncher({ appOutDir }) {
  await rm(path.join(appOutDir, 'resources', 'default_app.asar'), { force: true });
}
