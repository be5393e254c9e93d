/** Electron's entry: one instance, one window, and behind it the console, loaded meanwhile. */
import process from 'node:process';
import { join } from 'node:path';
import { app, session } from 'electron';
import { readConfig } from './config.ts';
import { serveElectron } from './hosts/electron-host.ts';
import { logUnhandled, surviveClosedTerminal, watchParent } from './lifecycle.ts';
import { dialogOperatorConsent } from './providers/os/dialog-operator-consent.ts';
import { electronBrowser } from './providers/os/electron-browser.ts';
import { KeyringRefreshTokens } from './providers/os/keyring-refresh-tokens.ts';
import { safeStorageKeyring } from './providers/os/safe-storage-keyring.ts';
import { registerAppScheme, serveAppScheme } from './window/app-protocol.ts';
import { closeOnQuit } from './window/close-on-quit.ts';
import { createMainWindow } from './window/create-main-window.ts';
import { deferredLog } from './window/deferred-log.ts';
import { hardenApp } from './window/harden-app.ts';
import { restrictPermissions } from './window/permission-policy.ts';
import { electronRuntimes } from './window/runtimes.ts';
import { selfTest } from './window/self-test.ts';
import { reportFailedStart } from './window/failed-start.ts';
import { printMarks } from './window/start-marks.ts';

surviveClosedTerminal();
hardenApp();

async function open(): Promise<void> {
  const root = app.getAppPath();
  const config = readConfig(process.env, root);
  const testing = process.argv.includes('--self-test');
  if (config.exitWithParent) watchParent(() => app.quit());
  const platform = { version: app.getVersion(), runtimes: electronRuntimes() };
  const loading = import('./compose.ts').then(({ compose }) =>
    compose(config, {
      ...platform,
      consent: dialogOperatorConsent,
      openBrowser: electronBrowser,
      refreshTokens: (folder) => new KeyringRefreshTokens(folder, safeStorageKeyring),
    }),
  );
  const log = deferredLog(loading.then((there) => there.log));
  logUnhandled(log);
  await app.whenReady();
  restrictPermissions(session.defaultSession);
  serveAppScheme(config.pageFolder);
  const preload = join(root, '.cache', 'build', 'preload', 'index.cjs');
  const window = createMainWindow({ ...config, preload, log, hidden: testing });
  const context = loading.then((there) => there.context);
  const stopHost = serveElectron(context, (contents) => contents === window.webContents);
  app.on('second-instance', () => (window.isMinimized() ? window.restore() : window.focus()));
  if (config.marks) printMarks(window);
  const consoleApp = await loading;
  closeOnQuit(() => consoleApp.close([{ name: 'page', close: stopHost }]));
  if (testing) app.exit((await selfTest(window)) ? 0 : 1);
  else consoleApp.start();
}

if (app.requestSingleInstanceLock()) {
  registerAppScheme();
  open().catch(reportFailedStart);
} else {
  app.exit(0);
}
