import { BrowserWindow, dialog } from 'electron';
import type { OperatorConsent } from '../../ports/operator-consent.ts';

/** A native dialog: the page can neither click it nor draw over it. Cancel has the focus. */
export const dialogOperatorConsent: OperatorConsent = {
  async ask({ target, question, consequence }, signal) {
    const options = {
      type: 'warning' as const,
      message: question,
      detail: `${consequence}\n\nTarget: ${target}`,
      buttons: ['Cancel', 'Continue'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
      // Electron closes the dialog with `cancelId` when it is aborted.
      signal,
    };
    const [window] = BrowserWindow.getAllWindows();
    const { response } = await (window === undefined
      ? dialog.showMessageBox(options)
      : dialog.showMessageBox(window, options));
    return response === 1 && !signal.aborted;
  },
};
