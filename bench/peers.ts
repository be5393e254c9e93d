import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian packages of the peers that figures are measured beside. */
export const PEER_PACKAGES = ['nginx-light', 'haproxy', 'wrk', 'util-linux'] as const;

/** Path of a program, or null when it isn't installed. /usr/sbin counts also for ordinary users. */
export async function findProgram(name: string): Promise<string | null> {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  try {
    const { stdout } = await run('sh', ['-c', 'command -v "$1"', 'sh', name], { env });
    return stdout.trim();
  } catch {
    // `command -v` exits 1 for a program that isn't there: that is the answer.
    return null;
  }
}

/** Installs the peers with apt; prints the command where this user may not. */
export async function installPeers(): Promise<number> {
  const command = `apt-get install -y --no-install-recommends ${PEER_PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0) {
    process.stdout.write(`The peers come from Debian. Run:\n  sudo ${command}\n`);
    return 1;
  }
  process.stdout.write(`Installing the peers: ${PEER_PACKAGES.join(', ')}\n`);
  await run('sh', ['-c', `apt-get update -q && ${command}`], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return 0;
}
