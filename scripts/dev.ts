/**
 * `npm run dev`: the console in watch mode. The page is served by Vite and replaces its parts in
 * place; a change in main, preload or shared builds both anew and restarts Electron.
 */
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { createBuilder, createServer, type ViteDevServer } from 'vite';
import { findElectron } from './bootstrap/find-electron.mjs';
import { projectRoot } from './bootstrap/places.mjs';
import { ended, stop } from './start/child.ts';
import { openWindow } from './start/console.ts';
import { LocalCloud } from './start/local-cloud.ts';
import { localCloudCommand } from './start/local-cloud-command.ts';
import { parseStartOptions } from './start/options.ts';
import { chooseStateFolder, openStateFolder } from './start/state-folder.ts';
import { startVirtualDisplay } from './start/virtual-display.ts';

const settleMs = 150;
const restartGraceMs = 3000;
const watched = ['desktop/main', 'desktop/preload', 'desktop/shared', 'services/contracts'];

/** Runs until the window is closed. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseStartOptions(args);
  const folder = chooseStateFolder(options.state);
  openStateFolder(folder);
  const cloud = new LocalCloud(folder, localCloudCommand(folder), say);
  const cloudEnd = cloud.run();
  const server = await createServer({ configFile: path.join(projectRoot, 'vite.config.ts') });
  await server.listen();
  const display = options.xvfb ? await startVirtualDisplay() : undefined;
  const url = server.resolvedUrls?.local[0] ?? '';
  const env = { ...process.env, ...display?.env, OMNI_DEV_SERVER_URL: url };
  try {
    return await untilClosed(server, () => open(folder, env));
  } finally {
    display?.stop();
    await server.close();
    await cloud.stop(restartGraceMs);
    await cloudEnd;
  }
}

/** Restarts the window after each change; ends when it ends by itself. */
async function untilClosed(server: ViteDevServer, start: () => ChildProcess): Promise<number> {
  const changes = watchChanges(server);
  for (;;) {
    await buildProcesses();
    const child = start();
    const changed = changes.next();
    const closed = ended(child);
    const first = await Promise.race([changed, closed]);
    if (first) return first.status;
    say('changed: restarting');
    await stop(child, restartGraceMs);
  }
}

/** `next` resolves when sources changed and then were left alone for a moment. */
function watchChanges(server: ViteDevServer): { next: () => Promise<undefined> } {
  const folders = watched.map((name) => path.join(projectRoot, name));
  let notify: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  server.watcher.add(folders);
  server.watcher.on('all', (_event, file) => {
    if (!folders.some((folder) => file.startsWith(folder)) || file.includes('.test.')) return;
    clearTimeout(timer);
    timer = setTimeout(() => notify(), settleMs);
  });
  return {
    next: () =>
      new Promise((resolve) => {
        notify = () => resolve(undefined);
      }),
  };
}

/** Main and preload; a mistake in them is shown, and the next change tries again. */
async function buildProcesses(): Promise<void> {
  const configFile = path.join(projectRoot, 'vite.config.ts');
  const builder = await createBuilder({ configFile, logLevel: 'warn', mode: 'development' }, null);
  for (const name of ['main', 'preload']) {
    const environment = builder.environments[name];
    if (environment) await builder.build(environment).catch(report);
  }
}

function open(folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  const runtime = findElectron();
  if (!runtime) throw new Error('There is no Electron; `npm start` finds or builds one.');
  return openWindow(runtime, folder, env);
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}

function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}
