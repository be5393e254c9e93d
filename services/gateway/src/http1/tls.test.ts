import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createTestCertificate } from '@omni/kit/test-certificate.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { Http1Client } from './http1-client.ts';
import { send, startRawServer } from './testing/raw-server.ts';
import type { RawServer } from './testing/raw-server.ts';

const SOON = { timeout: 10_000, interval: 5 };
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function rig(
  name: string,
  trusted: boolean,
): Promise<{ server: RawServer; client: Http1Client }> {
  const tls = await createTestCertificate(name);
  const server = await startRawServer((socket) => void socket.write(OK), tls);
  const options = trusted ? { ca: tls.cert } : {};
  const client = new Http1Client(`https://127.0.0.1:${server.port}`, options);
  stops.push(server.stop, () => client.destroy());
  return { server, client };
}

describe('TLS to an upstream', () => {
  it('is spoken with a certificate that is trusted and names it', async () => {
    const { client } = await rig('127.0.0.1', true);
    const answer = send(client);
    await answer.over;
    expect([answer.error, answer.body]).toEqual([undefined, 'ok']);
  });

  it.each([
    ['is not trusted', '127.0.0.1', false],
    ['names another', 'other.example', true],
  ])('is refused when the certificate %s, before a byte is sent', async (_name, name, trusted) => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    stops.push(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    const { server, client } = await rig(name, trusted);
    const answer = send(client, { headers: ['host', 'up', 'authorization', 'Bearer secret'] });
    await answer.over;
    expect(answer.error?.code).toBe('UPSTREAM_TLS_INVALID');
    expect(server.received()).toBe('');
  });

  it('takes the session of the connection before', async () => {
    const { server, client } = await rig('127.0.0.1', true);
    await send(client).over;
    await expect.poll(() => client.sessions.session, SOON).toBeDefined();
    await send(client, { fresh: true }).over;
    const [first, second] = server.sockets as unknown as { isSessionReused: () => boolean }[];
    expect([first?.isSessionReused(), second?.isSessionReused()]).toEqual([false, true]);
  });
});

describe('a server that never speaks TLS', () => {
  it('costs no more than the connect timeout', async () => {
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new Http1Client(`https://127.0.0.1:${port}`, { connectTimeoutMs: 50 });
    const answer = send(client);
    await answer.over;
    expect(answer.error?.code).toBe('UPSTREAM_CONNECT_TIMEOUT');
    await new Promise((resolve) => server.close(resolve));
  });
});
