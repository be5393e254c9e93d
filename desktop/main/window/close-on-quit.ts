import { app } from 'electron';

/**
 * ER8: the first request to quit is held until everything is closed, then it goes on by itself; a
 * second one meanwhile changes nothing. Signals take the same way.
 */
export function closeOnQuit(close: () => Promise<void>): void {
  let state: 'running' | 'closing' | 'closed' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    // `close` never rejects: it logs what could not be stopped and goes on.
    close().then(
      () => finish(),
      () => finish(),
    );
  });
  const finish = (): void => {
    state = 'closed';
    app.quit();
  };
}
