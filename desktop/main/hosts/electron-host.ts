import type { MessagePortMain, WebContents } from 'electron';
import { ipcMain } from 'electron';
import { PORT_CHANNEL } from '../../shared/contract/handshake.ts';
import type { Context } from '../rpc/context.ts';
import type { HostPort } from './serve-port.ts';
import { servePort } from './serve-port.ts';
import { isTrustedFrame } from './trusted-frame.ts';

/**
 * Takes the port that the preload hands over and serves the router to it, after it has checked that
 * the sender is the main frame of our window with our page. Returns how to stop.
 */
export function serveElectron(
  context: Context,
  isOurWindow: (contents: WebContents) => boolean,
): () => void {
  const accept = (event: Electron.IpcMainEvent): void => {
    const frame = event.senderFrame;
    const trusted =
      frame !== null &&
      isTrustedFrame({
        url: frame.url,
        isTop: frame.parent === null,
        isOurWindow: isOurWindow(event.sender),
      });
    const [port, ...more] = event.ports;
    if (trusted && port !== undefined && more.length === 0) {
      servePort(toHostPort(port), context);
      port.start();
      return;
    }
    context.core.ports.log.warn('a port from a frame that is not ours was refused', {
      url: frame?.url ?? 'unknown',
    });
    for (const refused of event.ports) refused.close();
  };
  ipcMain.on(PORT_CHANNEL, accept);
  return () => ipcMain.off(PORT_CHANNEL, accept);
}

function toHostPort(port: MessagePortMain): HostPort {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (event) => listener(event.data)),
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  };
}
