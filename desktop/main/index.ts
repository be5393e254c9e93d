/** Electron's entry: one instance, the console composed, one window. */
import process from 'node:process';
import { join } from 'node:path';
import { app, Menu, session } from 'electron';
import { compose } from './compose.ts';
import { readConfig } from './config.ts';
import { serveElectron } from './hosts/electron-host.ts';
import { logUnhandled, surviveClosedTerminal, watchParent } from './lifecycle.ts';
import { dialogOperatorConsent } from './providers/os/dialog-operator-consent.ts';
import { registerAppScheme, serveAppScheme } from './window/app-protocol.ts';
import { createMainWindow } from './window/create-main-window.ts';
import { closeOnQuit } from './window/close-on-quit.ts';
import { hardenApp } from './window/harden-app.ts';
import { restrictPermissions } from './window/permission-policy.ts';
import { electronRuntimes } from './window/runtimes.ts';
import { selfTest } from './window/self-test.ts';
import { printMarks } from './window/start-marks.ts';

surviveClosedTerminal();
hardenApp();

async function open(): Promise<void> {
  const root = app.getAppPath();
  const config = readConfig(process.env, root);
  const testing = process.argv.includes('--self-test');
  if (config.exitWithParent) watchParent(() => app.quit());
  const consoleApp = await compose(config, {
    consent: dialogOperatorConsent,
    version: app.getVersion(),
    runtimes: electronRuntimes(),
  });
  const { context, log } = consoleApp;
  logUnhandled(log);
  await app.whenReady();
  restrictPermissions(session.defaultSession);
  serveAppScheme(config.pageFolder);
  const window = createMainWindow({
    stateFolder: config.stateFolder,
    preload: join(root, '.cache', 'build', 'preload', 'index.cjs'),
    theme: context.core.memory.settings.value.theme,
    log,
    hidden: testing,
  });
  const stopHost = serveElectron(context, (contents) => contents === window.webContents);
  closeOnQuit(() => consoleApp.close([{ name: 'page', close: stopHost }]));
  app.on('second-instance', () => (window.isMinimized() ? window.restore() : window.focus()));
  if (testing) app.exit((await selfTest(window)) ? 0 : 1);
  if (config.marks) printMarks(window);
  consoleApp.start();
}

if (app.requestSingleInstanceLock()) {
  registerAppScheme();
  Menu.setApplicationMenu(null);
  open().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    app.exit(1);
  });
} else {
  app.exit(0);
}
