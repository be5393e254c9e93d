import process from 'node:process';
import type { BrowserWindow } from 'electron';
import { USABLE_MARK } from '../../shared/contract/handshake.ts';

/** Waits in the page until it has set the mark; the time is the page's own, in epoch ms. */
const AWAIT_MARK = `new Promise((resolve) => {
  const look = () => {
    const [mark] = performance.getEntriesByName(${JSON.stringify(USABLE_MARK)});
    if (mark === undefined) setTimeout(look, 10);
    else resolve(performance.timeOrigin + mark.startTime);
  };
  look();
})`;

/** Epoch ms at which the page showed its first real reading. */
export async function usableAt(window: BrowserWindow): Promise<number> {
  return Number(await window.webContents.executeJavaScript(AWAIT_MARK));
}

/** Milliseconds from the start of this process to a moment. */
export function sinceSpawn(epochMs: number): number {
  // performance.timeOrigin is a few ms after the spawn; Electron knows the kernel's own time.
  const spawned = process.getCreationTime() ?? performance.timeOrigin;
  return Math.round(epochMs - spawned);
}

/** Prints start-up marks as JSON lines, for the bench. */
export function printMarks(window: BrowserWindow): void {
  const print = (mark: string, at: number): void => {
    process.stdout.write(`${JSON.stringify({ mark, sinceSpawnMs: sinceSpawn(at) })}\n`);
  };
  window.once('show', () => print('window-shown', Date.now()));
  usableAt(window).then(
    (at) => print('dashboard-usable', at),
    (error: unknown) =>
      process.stdout.write(`${JSON.stringify({ mark: 'failed', error: String(error) })}\n`),
  );
}
