import type { IpcMainEvent, MessagePortMain, WebContents } from 'electron';
import { ipcMain } from 'electron';
import { PORT_CHANNEL } from '../../shared/contract/handshake.ts';
import type { Context } from '../rpc/context.ts';
import type { HostPort } from './serve-port.ts';
import { isTrustedFrame } from './trusted-frame.ts';

/**
 * Takes the port that the preload hands over and serves the router to it, after it has checked that
 * the sender is the main frame of our window with our page. The router is loaded while the page is;
 * until then a port keeps what it is sent. Returns how to stop.
 */
export function serveElectron(
  context: Promise<Context>,
  isOurWindow: (contents: WebContents) => boolean,
): () => void {
  const accept = (event: IpcMainEvent): void => {
    const trusted = isTrusted(event, isOurWindow(event.sender));
    const [port, ...more] = event.ports;
    if (trusted && port !== undefined && more.length === 0) {
      // When the console can't be composed it ends, and the page with it.
      serve(port, context).catch(() => port.close());
      return;
    }
    for (const refused of event.ports) refused.close();
  };
  ipcMain.on(PORT_CHANNEL, accept);
  return () => ipcMain.off(PORT_CHANNEL, accept);
}

async function serve(port: MessagePortMain, context: Promise<Context>): Promise<void> {
  const [{ servePort }, there] = await Promise.all([import('./serve-port.ts'), context]);
  servePort(toHostPort(port), there);
  port.start();
}

function isTrusted({ senderFrame: frame }: IpcMainEvent, isOurWindow: boolean): boolean {
  if (frame === null) return false;
  return isTrustedFrame({ url: frame.url, isTop: frame.parent === null, isOurWindow });
}

function toHostPort(port: MessagePortMain): HostPort {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (event) => listener(event.data)),
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  };
}
