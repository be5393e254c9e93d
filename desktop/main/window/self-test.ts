import process from 'node:process';
import type { BrowserWindow } from 'electron';
import { CONTENT_SECURITY_POLICY } from '../hosts/page-headers.ts';
import { electronRuntimes } from './runtimes.ts';
import { sinceSpawn } from './start-marks.ts';

const WITHIN_MS = 20_000;

/** Looks at the page from inside: what it is allowed, and when React had something in it. */
const LOOK = `new Promise((resolve) => {
  const look = async () => {
    const root = document.querySelector('#root');
    if (root === null || root.childElementCount === 0) { setTimeout(look, 10); return; }
    const at = performance.timeOrigin + performance.now();
    const page = await fetch(location.href);
    resolve({ at, csp: page.headers.get('content-security-policy'),
      node: typeof require !== 'undefined' || typeof process !== 'undefined' });
  };
  look();
})`;

interface Look {
  readonly at: number;
  readonly csp: string | null;
  readonly node: boolean;
}

/** `--self-test`: what a packed app says about itself, in one JSON line. True when all is well. */
export async function selfTest(window: BrowserWindow): Promise<boolean> {
  const base = {
    versions: Object.fromEntries(electronRuntimes().map(({ name, version }) => [name, version])),
  };
  try {
    const look = await Promise.race([
      window.webContents.executeJavaScript(LOOK) as Promise<Look>,
      tooLate(),
    ]);
    const sandbox = !look.node;
    const csp = look.csp === CONTENT_SECURITY_POLICY;
    say({ ...base, sandbox, csp, mountedMs: sinceSpawn(look.at) });
    return sandbox && csp;
  } catch (error) {
    say({ ...base, error: String(error) });
    return false;
  }
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('the page did not mount in time')), WITHIN_MS).unref();
  });
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
