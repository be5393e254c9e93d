import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import type { AddressInfo } from 'node:net';
import { createTestCertificate } from '@omni/kit/test-certificate.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../src/test-process.ts';
import { allLive, KEY_LINE, startFleet, TEST_KEY } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { ask } from './raw-client.ts';
import { okAnswer } from './raw-upstream.ts';
import { valuesOf } from './strict-http.ts';

/** Polling ends as soon as it is true; a busy machine may take a while. */
const SOON = { timeout: 10_000 };
const GET = `GET /x HTTP/1.1\r\nHost: a\r\n${KEY_LINE}\r\n`;

describe.each([1, 3])('with %i instances', (instances) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(instances, { BODY_LIMIT_BYTES: '1000', UPSTREAM_TIMEOUT_MS: '1500' });
  });
  afterAll(() => fleet.stop());
  beforeEach(() => fleet.reset());

  it.each([
    ['no HTTP', 'this is not HTTP\r\n\r\n'],
    ['a status of letters', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n'],
    [
      'both framings',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nab'],
    ['an unknown encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\na : b\r\ncontent-length: 0\r\n\r\n'],
    ['NUL in a value', 'HTTP/1.1 200 OK\r\na: b\0\r\ncontent-length: 0\r\n\r\n'],
    ['another version', 'HTTP/2 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ])('GS14: %s is a 502 or a broken connection, and the process lives', async (_name, bytes) => {
    fleet.reset(() => ({ bytes, close: true }));
    const { statuses, closed } = await ask(fleet.nextPort(), GET, { answers: 1 });
    expect(statuses.length === 0 ? closed : statuses[0] === 502).toBe(true);
    expect(await allLive(fleet)).toBe(true);
  });

  it('2.1b: Trailer beside Content-Length does not end the process', async () => {
    fleet.reset(() => ({ bytes: okAnswer('ok', 'trailer: x-a\r\n') }));
    const { answers } = await ask(fleet.nextPort(), GET, { answers: 1 });
    expect(answers[0]?.body.toString()).toBe('ok');
    expect(answers[0]?.headers.map(([name]) => name)).not.toContain('trailer');
    expect(await allLive(fleet)).toBe(true);
  });

  it('2.1c: Retry-After on a 503 is no reason to ask again', async () => {
    fleet.reset(() => ({
      bytes: 'HTTP/1.1 503 Busy\r\nretry-after: 30\r\ncontent-length: 0\r\n\r\n',
    }));
    const { statuses, answers } = await ask(fleet.nextPort(), GET, { answers: 1 });
    expect(statuses).toEqual([503]);
    expect(answers[0] === undefined ? [] : valuesOf(answers[0], 'retry-after')).toEqual(['30']);
    expect(fleet.requests).toHaveLength(1);
  });

  it.each(['Content-Length: 1500\r\n', 'Transfer-Encoding: chunked\r\n'])(
    '2.1e: a body over the limit (%j) does not reach the upstream whole',
    async (framing) => {
      const body = framing.startsWith('Tr')
        ? `5dc\r\n${'x'.repeat(1_500)}\r\n0\r\n\r\n`
        : 'x'.repeat(1_500);
      const bytes = `POST /x HTTP/1.1\r\nHost: a\r\n${KEY_LINE}${framing}\r\n${body}`;
      expect((await ask(fleet.nextPort(), bytes, { answers: 1 })).statuses).toEqual([413]);
      expect(fleet.requests).toEqual([]);
    },
  );

  it.each(['before the answer', 'inside the answer'])(
    '2.1f: a client that leaves %s ends the request upstream',
    async (phase) => {
      let upstreamSocket: Socket | undefined;
      fleet.reset((_request, socket) => {
        upstreamSocket = socket;
        if (phase === 'inside the answer') {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx');
        }
        return null;
      });
      const client = connect(fleet.nextPort(), '127.0.0.1', () => client.write(GET));
      client.on('error', () => undefined);
      if (phase === 'inside the answer') {
        await new Promise((resolve) => client.once('data', resolve));
      }
      await expect.poll(() => upstreamSocket, SOON).toBeDefined();
      client.destroy();
      await expect.poll(() => upstreamSocket?.destroyed, SOON).toBe(true);
    },
  );

  it('2.1f: a client that leaves inside its own body does not end the process', async () => {
    for (let times = 0; times < 20; times += 1) {
      const port = fleet.nextPort();
      await new Promise<void>((resolve) => {
        const client = connect(port, '127.0.0.1', () => {
          client.write(
            `POST /x HTTP/1.1\r\nHost: a\r\n${KEY_LINE}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
            () => setImmediate(() => client.resetAndDestroy()),
          );
        });
        client.on('error', () => undefined);
        client.once('close', () => resolve());
      });
    }
    expect(await allLive(fleet)).toBe(true);
  });

  it('2.1-midchunk: an upstream that dies inside a chunk breaks the connection, no clean end', async () => {
    fleet.reset(() => ({
      bytes: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\nxx',
      close: true,
    }));
    const { answers, closed } = await ask(fleet.nextPort(), GET);
    expect(closed).toBe(true);
    expect(answers).toEqual([]);
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', 200],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
    ['GET', 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n', 304],
  ])(
    '2.1-nobody: %s answered %s has no body, and the connection goes on',
    async (method, bytes, status) => {
      fleet.reset(() => ({ bytes }));
      const request = GET.replace('GET', method);
      const { statuses, rest } = await ask(fleet.nextPort(), request + request, {
        answers: 2,
        head: method === 'HEAD',
      });
      expect(statuses).toEqual([status, status]);
      expect(rest).toBe('');
    },
  );

  it('undici-reuse: a kept connection that the upstream closed is asked once more for GET, never for POST', async () => {
    fleet.reset((_request, socket) => {
      // Answers, then closes without saying so.
      setImmediate(() => socket.destroy());
      return { bytes: okAnswer('ok') };
    });
    const port = fleet.nextPort();
    for (let times = 0; times < 5; times += 1) {
      expect((await ask(port, GET, { answers: 1 })).statuses).toEqual([200]);
    }
    let posts = 0;
    fleet.reset((_request, socket) => {
      posts += 1;
      socket.destroy();
      return null;
    });
    const post = `POST /x HTTP/1.1\r\nHost: a\r\n${KEY_LINE}Content-Length: 1\r\n\r\nx`;
    expect((await ask(port, post, { answers: 1 })).statuses).toEqual([502]);
    expect(posts).toBe(1);
  });

  it('undici-timeouts: an upstream that never answers is a 504 at the time that was set', async () => {
    fleet.reset(() => null);
    expect((await ask(fleet.nextPort(), GET, { answers: 1 })).statuses).toEqual([504]);
  });

  it('GS8: an answer that nobody asked for never reaches the next request', async () => {
    fleet.reset(({ start }) => ({ bytes: okAnswer(start[1]) + okAnswer('poison') }));
    const port = fleet.nextPort();
    for (let times = 0; times < 10; times += 1) {
      const request = GET.replace('/x', `/n${times}`);
      const { answers } = await ask(port, request, { answers: 1 });
      const body = answers[0]?.body.toString() ?? '';
      expect(body).not.toContain('poison');
    }
  });

  it('GS13: redirects go to the client and are not followed', async () => {
    fleet.reset(() => ({
      bytes: `HTTP/1.1 302 Found\r\nlocation: ${fleet.upstream.url}/secret\r\ncontent-length: 0\r\n\r\n`,
    }));
    expect((await ask(fleet.nextPort(), GET, { answers: 1 })).statuses).toEqual([302]);
    expect(fleet.requests).toHaveLength(1);
  });

  it('2.2: an answer to Expect, Upgrade or trailers leaves no violation upstream', () => {
    expect(fleet.violations).toEqual([]);
  });
});

describe('an upstream with TLS', () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'omni-tls-'));
    const { key, cert } = await createTestCertificate('wrong.example');
    writeFileSync(path.join(folder, 'key'), key);
    writeFileSync(path.join(folder, 'cert'), cert);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['nobody signed for', {}],
    ['another name signed for', { NODE_EXTRA_CA_CERTS: 'cert' }],
  ])(
    '2.1a, GS13, CVE-2026-107318, CVE-2026-87018: one that %s gets no header',
    async (_name, env) => {
      let received = '';
      const server = tls.createServer(
        {
          key: readFileSync(path.join(folder, 'key')),
          cert: readFileSync(path.join(folder, 'cert')),
        },
        (socket) => {
          socket.on('error', () => undefined);
          socket.on('data', (piece: Buffer) => (received += piece.toString()));
        },
      );
      server.on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const trusted = Object.entries(env).map(([name, file]) => [name, path.join(folder, file)]);
      const gateway = await startGatewayProcess({
        UPSTREAM_URL: `https://localhost:${port}`,
        API_KEYS: TEST_KEY,
        ...(Object.fromEntries(trusted) as Record<string, string>),
      });
      try {
        const answer = await fetch(`${gateway.url}/x`, { headers: { 'x-api-key': TEST_KEY } });
        expect([502, 503]).toContain(answer.status);
        expect(received).toBe('');
      } finally {
        await gateway.stop('SIGKILL');
        await new Promise((resolve) => server.close(resolve));
      }
    },
  );
});
