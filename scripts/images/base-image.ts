import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { cacheFolder, projectNode } from '../bootstrap/places.mjs';
import { call } from './docker.ts';
import type { Docker } from './docker.ts';

/** The name that the Dockerfiles use. */
export const BASE_IMAGE = 'node:24-slim';
const SUITE = 'bookworm';
const USER_ID = '1000';
/** The one that Node 24 comes with. */
const NPM = 'npm@11';
/** What Docker's official image doesn't have either. */
const UNNEEDED = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'var/cache/apt',
  'var/lib/apt/lists',
  'var/log',
];
const CERTIFICATES = 'etc/ssl/certs/ca-certificates.crt';

/**
 * Makes what the Dockerfiles know as node:24-slim, where Docker's registry can't be reached: Debian from
 * its packages, the project's Node 24, npm, this machine's trusted certificates. Kept in the cache.
 */
export async function makeBaseImage(docker: Docker): Promise<void> {
  const file = path.join(cacheFolder, 'images', baseFileName());
  if (!fs.existsSync(file)) await makeArchive(file);
  const environment = `NODE_EXTRA_CA_CERTS=/${CERTIFICATES} PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const changes = ['--change', `ENV ${environment}`, '--change', 'CMD ["node"]'];
  await docker.run(['import', ...changes, file, BASE_IMAGE]);
}

function baseFileName(): string {
  return `node-${process.versions.node}-${SUITE}-${process.arch}.tar`;
}

async function makeArchive(file: string): Promise<void> {
  const root = fs.mkdtempSync(path.join(tmpdir(), 'omni-base-'));
  try {
    await call(['debootstrap', '--variant=minbase', '--include=ca-certificates', SUITE, root]);
    for (const folder of UNNEEDED) emptyFolder(path.join(root, folder));
    await addNode(root);
    await addUser(root);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await call(['tar', '--create', '--directory', root, '--file', `${file}.part`, '.']);
    fs.renameSync(`${file}.part`, file);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

function emptyFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
}

async function addNode(root: string): Promise<void> {
  const local = path.join(root, 'usr/local');
  fs.copyFileSync(projectNode(), path.join(local, 'bin/node'));
  fs.chmodSync(path.join(local, 'bin/node'), 0o755);
  const prefix = ['--global', `--prefix=${local}`, '--ignore-scripts'];
  await call(['npm', 'install', ...prefix, NPM]);
  // A build behind a company's proxy trusts what this machine trusts. Nothing of it gets into an image.
  if (fs.existsSync(`/${CERTIFICATES}`))
    fs.copyFileSync(`/${CERTIFICATES}`, path.join(root, CERTIFICATES));
}

/** The official image has this user too. */
async function addUser(root: string): Promise<void> {
  const inRoot = (...command: string[]): Promise<string> => call(['chroot', root, ...command]);
  await inRoot('groupadd', '--gid', USER_ID, 'node');
  await inRoot('useradd', '--uid', USER_ID, '--gid', 'node', '--create-home', 'node');
}
