/**
 * Hands one MessagePort from the page to main and exposes nothing else: no global, no channel name,
 * no event. The page asks by posting to its own window, so that a port never arrives unasked.
 */
import { ipcRenderer } from 'electron';
import { PORT_ANSWER, PORT_CHANNEL, PORT_REQUEST } from '../shared/contract/handshake.ts';

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  // A frame inside the page posts with another source; main checks the frame once more.
  if (event.source !== window || event.data !== PORT_REQUEST) return;
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port2]);
  window.postMessage(PORT_ANSWER, window.location.origin, [port1]);
});
