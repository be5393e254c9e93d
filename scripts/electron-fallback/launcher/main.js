/**
 * What `electron .` runs when no app is packed: opens the app in the folder it is given. An ES
 * module with a top-level await, because Electron holds back `ready` until it is done: what an app
 * must say before `ready` (disable acceleration, register schemes) is still in time.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const require = createRequire(import.meta.url);
const { preloads, target, version } = readArguments(process.argv.slice(1));

if (version) {
  console.log(`v${process.versions.electron}`);
  process.exit(0);
}
if (target === undefined) {
  console.error('Usage: electron [--require MODULE]... FOLDER|FILE');
  process.exit(2);
}
process.defaultApp = true;
for (const preload of preloads) require(path.resolve(preload));
await import(pathToFileURL(entryOf(path.resolve(target))).href);

/** Playwright adds `-r loader.js`; every other flag is Chromium's or the app's own. */
function readArguments(args) {
  const found = { preloads: [], target: undefined, version: false };
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at];
    if (arg === '-r' || arg === '--require') found.preloads.push(args[(at += 1)]);
    else if (arg === '-v' || arg === '--version') found.version = true;
    else if (!arg.startsWith('-')) return { ...found, target: arg };
  }
  return found;
}

/** Gives the app its identity, as Electron's own launcher does, and finds its first file. */
function entryOf(place) {
  if (statSync(place).isFile()) return place;
  const manifest = JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8'));
  const name = manifest.productName ?? manifest.name;
  if (manifest.version) app.setVersion(manifest.version);
  if (name) app.setName(name);
  if (process.platform === 'linux') app.setDesktopName(manifest.desktopName ?? `${name}.desktop`);
  app.setAppPath(place);
  return path.join(place, manifest.main ?? 'index.js');
}
