import process from 'node:process';
import { app, dialog } from 'electron';
import { startFailureLine, toStartFailure } from '../start-failure.ts';

/** Says why the start failed, on the terminal and in a native box, and ends with status 1. */
export function reportFailedStart(error: unknown): void {
  const failure = toStartFailure(error);
  process.stderr.write(startFailureLine(failure));
  // A self-test has nobody who could close the box, and before Electron is ready there is none.
  const seen = app.isReady() && !process.argv.includes('--self-test');
  if (seen) {
    dialog.showErrorBox(
      `Omni Console can't start (${failure.code})`,
      `${failure.message}\n\n${failure.nextStep}`,
    );
  }
  app.exit(1);
}
