/**
 * The console without a window: the same router and page on 127.0.0.1, for a browser and for tests.
 *
 * Options: `--port N` (default: any free port), `--state DIR`, `--exit-with-parent`.
 */
import { fstatSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { compose } from '../desktop/main/compose.ts';
import { readConfig } from '../desktop/main/config.ts';
import { startNodeHost } from '../desktop/main/hosts/node-host.ts';
import { surviveClosedTerminal, watchParent } from '../desktop/main/lifecycle.ts';
import { MemoryRefreshTokens } from '../desktop/main/providers/os/memory-refresh-tokens.ts';
import { refusedOperatorConsent } from '../desktop/main/providers/os/refused-operator-consent.ts';
import { startFailureLine, toStartFailure } from '../desktop/main/start-failure.ts';

async function main(): Promise<void> {
  surviveClosedTerminal();
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      state: { type: 'string' },
      'exit-with-parent': { type: 'boolean', default: false },
    },
  });
  const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  const config = readConfig(
    { ...process.env, ...(values.state === undefined ? {} : { OMNI_STATE_DIR: values.state }) },
    root,
  );
  const app = await compose(config, {
    consent: refusedOperatorConsent,
    // Whoever reads the terminal has a browser; the page shows the link too.
    openBrowser: (url) => {
      process.stdout.write(`Sign in with Google: ${url}\n`);
      return Promise.resolve(false);
    },
    refreshTokens: () => new MemoryRefreshTokens(),
    version: versionOf(root),
    runtimes: [{ name: 'Node.js', version: process.versions.node }],
  });
  const host = await startNodeHost({
    context: app.context,
    pageFolder: config.pageFolder,
    port: Number(values.port),
  });
  const end = once(async () => {
    await app.close([{ name: 'node host', close: () => host.close() }]);
    process.exit(0);
  });
  process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);
  // Nobody knows what state a part that failed unexpectedly is in: end, and say why in the log.
  process.on('unhandledRejection', (reason) => {
    app.log.error('unhandled rejection', reason);
    process.exitCode = 1;
    end();
  });
  if (values['exit-with-parent'] || config.exitWithParent) watchParent(end);
  endWithStandardInput(end);
  app.start();
  process.stdout.write(`${JSON.stringify({ url: host.url, port: host.port })}\n`);
  process.stdout.write(`Omni Console is ready: open ${host.url}\n`);
}

function versionOf(root: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const named = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return named ? String(manifest.version) : 'unknown';
}

/** Whoever starts us with a pipe for standard input keeps it open for as long as it lives. */
function endWithStandardInput(end: () => void): void {
  const { mode } = fstatSync(0);
  const socket = (mode & 0o170000) === 0o140000;
  if (!socket) return;
  process.stdin.on('end', end).resume();
}

function once(act: () => Promise<void>): () => void {
  let begun = false;
  return () => {
    if (begun) return;
    begun = true;
    act().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  };
}

/** A start that fails says so in one JSON line with the cause and what to do. */
function sayWhy(error: unknown): void {
  process.stderr.write(startFailureLine(toStartFailure(error)));
  process.exitCode = 1;
}

main().catch(sayWhy);
