import { shell } from 'electron';
import type { OpenBrowser } from '../../ports/open-browser.ts';

/** The system's own browser. Only Google's sign-in page is ever opened by this. */
export const electronBrowser: OpenBrowser = async (url) => {
  if (!url.startsWith('https://accounts.google.com/')) return false;
  try {
    await shell.openExternal(url);
    return true;
  } catch {
    // No browser is set up: the page shows the link.
    return false;
  }
};
