/**
 * Hands one MessagePort per document from the page to main and exposes nothing else: no global, no
 * channel to choose, no event. Module scripts have run by DOMContentLoaded, so the page listens.
 */
import { ipcRenderer } from 'electron';
import { PORT_CHANNEL, PORT_MESSAGE } from '../shared/contract/handshake.ts';

window.addEventListener('DOMContentLoaded', () => {
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port2]);
  window.postMessage({ type: PORT_MESSAGE }, window.location.origin, [port1]);
});
