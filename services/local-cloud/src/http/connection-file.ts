import fs from 'node:fs';
import path from 'node:path';
import { CONNECTION_FILE } from '@omni/contracts/local-cloud.ts';
import type { LocalCloudConnection } from '@omni/contracts/local-cloud.ts';

/** Written aside and renamed, so that a reader sees all of it or nothing. */
export function writeConnectionFile(stateDir: string, connection: LocalCloudConnection): void {
  const file = path.join(stateDir, CONNECTION_FILE);
  const next = `${file}.${process.pid}`;
  fs.writeFileSync(next, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(next, file);
}

export function removeConnectionFile(stateDir: string): void {
  fs.rmSync(path.join(stateDir, CONNECTION_FILE), { force: true });
}
