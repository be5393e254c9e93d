import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Http1Client } from './http1-client.ts';
import { send, startRawServer } from './testing/raw-server.ts';
import type { RawServer } from './testing/raw-server.ts';

const SOON = { timeout: 10_000, interval: 5 };
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) process.stdout.write('Skipped: tests of TLS need openssl for a certificate.\n');

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A self-signed certificate for a name. */
function certificateFor(name: string): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'omni-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const names = ['-subj', '/CN=test', '-addext', `subjectAltName=${name}`, '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function rig(
  name: string,
  trusted: boolean,
): Promise<{ server: RawServer; client: Http1Client }> {
  const tls = certificateFor(name);
  const server = await startRawServer((socket) => void socket.write(OK), tls);
  const options = trusted ? { ca: tls.cert } : {};
  const client = new Http1Client(`https://127.0.0.1:${server.port}`, options);
  stops.push(server.stop, () => client.destroy());
  return { server, client };
}

describe.skipIf(!hasOpenssl)('TLS to an upstream', () => {
  it('is spoken with a certificate that is trusted and names it', async () => {
    const { client } = await rig('IP:127.0.0.1', true);
    const answer = send(client);
    await answer.over;
    expect([answer.error, answer.body]).toEqual([undefined, 'ok']);
  });

  it.each([
    ['is not trusted', 'IP:127.0.0.1', false],
    ['names another', 'DNS:other.example', true],
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
    const { server, client } = await rig('IP:127.0.0.1', true);
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
