import type { WebContents } from 'electron';
import { shell } from 'electron';
import type { Logger } from '../ports/logger.ts';
import { externalAddress } from './external-link.ts';

const REFUSED = ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'];

/** The window stays on our page: no navigation, no frame, no second window; listed links go outside. */
export function keepOnOurPage(contents: WebContents, log: Logger): void {
  for (const name of REFUSED) {
    contents.on(name as 'will-navigate', (event) => {
      event.preventDefault();
      log.warn('a navigation was refused', { event: name });
    });
  }
  contents.setWindowOpenHandler(({ url }) => {
    const address = externalAddress(url);
    if (address === null) log.warn('a link was not opened');
    else shell.openExternal(address).catch((error: unknown) => log.error('no browser', error));
    return { action: 'deny' };
  });
}
