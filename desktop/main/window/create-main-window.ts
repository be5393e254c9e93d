import { join } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import type { Logger } from '../ports/logger.ts';
import { PAGE_URL } from './app-protocol.ts';
import { reloadAfter } from './crash-reload.ts';
import { keepOnOurPage } from './navigation-policy.ts';
import { rememberedTheme } from './remembered-theme.ts';
import {
  boundsOnDisplays,
  DEFAULT_SIZE,
  MIN_SIZE,
  readBounds,
  writeBounds,
} from './window-state.ts';

export interface MainWindowOptions {
  readonly stateFolder: string;
  readonly preload: string;
  readonly log: Logger;
  /** `--self-test` loads the page without ever showing it. */
  readonly hidden: boolean;
}

/** The same colours as --bg in styles/tokens.css: no flash before the first paint. */
const BACKGROUND = { light: '#f6f7f9', dark: '#0d0f13' };

/** The console's one window: sandboxed, isolated, shown when its first frame is painted. */
export function createMainWindow(options: MainWindowOptions): BrowserWindow {
  nativeTheme.themeSource = rememberedTheme(options.stateFolder);
  const file = join(options.stateFolder, 'window.json');
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  const bounds = boundsOnDisplays(readBounds(file), displays);
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...bounds,
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    title: 'Omni Console',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (!options.hidden) window.once('ready-to-show', () => window.show());
  rememberBounds(window, file);
  keepOnOurPage(window.webContents, options.log);
  reloadAfterCrashes(window, options.log);
  load(window, options.log);
  return window;
}

function load(window: BrowserWindow, log: Logger): void {
  window.loadURL(PAGE_URL).catch((error: unknown) => {
    // A console that is ended while it starts takes its page with it.
    if (!window.isDestroyed()) log.error('the page did not load', error);
  });
}

function rememberBounds(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined;
  const remember = (): void => {
    clearTimeout(timer);
    // `writeBounds` never rejects; a drag sends many events and only its end matters.
    timer = setTimeout(() => {
      if (!window.isDestroyed()) writeBounds(file, window.getNormalBounds()).catch(() => undefined);
    }, 300);
  };
  window.on('resize', remember);
  window.on('move', remember);
  window.on('closed', () => clearTimeout(timer));
}

/** ER1: a page that dies comes back with its route; one that keeps dying is given up in words. */
function reloadAfterCrashes(window: BrowserWindow, log: Logger): void {
  const crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    log.error('the page died', undefined, { reason, exitCode });
    crashes.push(Date.now());
    const wait = reloadAfter(crashes, Date.now());
    if (wait === null) {
      dialog.showErrorBox(
        'Omni Console keeps failing',
        'Its page died several times within a minute. Close it and start it again; ' +
          'services that were deployed keep running. The log names the reason.',
      );
      return;
    }
    setTimeout(() => {
      if (!window.isDestroyed()) window.webContents.reload();
    }, wait);
  });
}
