/**
 * `npm run dev`: the page from Vite with hot reload in a browser, and behind it the console's Node
 * host, started again when main or shared change. The window itself is tried with `npm start`.
 */
import path from 'node:path';
import process from 'node:process';
import { createServer } from 'vite';
import { PORT_PATH, RPC_PATH } from '../desktop/shared/contract/handshake.ts';
import { projectRoot } from './bootstrap/places.mjs';
import { CurrentHost } from './dev/current-host.ts';
import { ended } from './start/child.ts';
import { LocalCloud } from './start/local-cloud.ts';
import { localCloudCommand } from './start/local-cloud-command.ts';
import { parseStartOptions } from './start/options.ts';
import { chooseStateFolder, openStateFolder } from './start/state-folder.ts';

const cloudGraceMs = 8000;

/** Runs until a signal ends it; its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const folder = chooseStateFolder(parseStartOptions(args).state);
  openStateFolder(folder);
  const cloud = new LocalCloud(folder, localCloudCommand(folder), say);
  const cloudEnd = cloud.run();
  const host = new CurrentHost(folder);
  const page = await servePage(host);
  try {
    await Promise.race([signalled(), ended(host.child)]);
    return 0;
  } finally {
    cloud.expectEnd();
    await Promise.all([page.close(), host.stop(), cloud.stop(cloudGraceMs)]);
    await cloudEnd;
  }
}

/** Vite's server with the console's paths passed on to the host. */
async function servePage(host: CurrentHost): Promise<{ close(): Promise<void> }> {
  const server = await createServer({ configFile: path.join(projectRoot, 'vite.config.ts') });
  for (const prefix of [PORT_PATH, RPC_PATH]) {
    server.middlewares.use(prefix, (from, to) => host.pass(from, to));
  }
  // The paths above have to come before Vite's own answer to everything.
  const layers = server.middlewares.stack;
  layers.unshift(...layers.splice(-2));
  await server.listen();
  server.printUrls();
  return server;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}
