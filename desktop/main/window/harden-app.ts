import { app, Menu } from 'electron';

/** Switches that would open the packed app to whoever can start it (ES11); no fuse covers them. */
const STRIPPED = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'js-flags',
  'disable-web-security',
  'load-extension',
  'host-rules',
  'host-resolver-rules',
  'proxy-server',
  'inspect',
  'inspect-brk',
];

/** Before anything else. In development and tests the switches stay, because tools need them. */
export function hardenApp(): void {
  if (app.isPackaged) for (const name of STRIPPED) app.commandLine.removeSwitch(name);
  // No menu: the default one reloads the page and opens DevTools. Also quicker before `ready`.
  Menu.setApplicationMenu(null);
  // As root Chromium runs only without its sandbox (scripts pass the switch then, unpackaged).
  if (app.isPackaged || !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
}
