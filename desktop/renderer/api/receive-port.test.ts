import { describe, expect, it } from 'vitest';
import { PORT_MESSAGE } from '../../shared/contract/handshake.ts';
import { receivePort } from './link-port.ts';

function post(data: unknown, init: Pick<MessageEventInit, 'source' | 'ports'>): void {
  window.dispatchEvent(new MessageEvent('message', { data, ...init }));
}

describe('the handshake', () => {
  it('takes the port that our own window was given and nothing else', async () => {
    const { port1, port2 } = new MessageChannel();
    const other = new MessageChannel();
    const received = receivePort(window);
    post({ type: PORT_MESSAGE }, { source: null, ports: [other.port1] });
    post({ type: 'something else' }, { source: window, ports: [other.port1] });
    post('text', { source: window, ports: [other.port1] });
    post({ type: PORT_MESSAGE }, { source: window, ports: [] });
    post({ type: PORT_MESSAGE }, { source: window, ports: [port1] });
    expect(await received).toBe(port1);
    for (const port of [port1, port2, other.port1, other.port2]) port.close();
  });
});
