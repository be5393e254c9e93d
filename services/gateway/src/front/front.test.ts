import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodies, CHUNKED, GET, HOST, open, SOON, frontRigs } from './testing/front-rig.ts';

const start = frontRigs();

describe('everything else', () => {
  it('goes to node:http, with all that follows on its connection', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(`${GET}${CHUNKED}${GET}GET /admin HTTP/1.1\r\n${HOST}\r\n`);
    await expect
      .poll(() => bodies(client.received()), SOON)
      .toEqual(['GET /get ', 'POST /chunked hi', 'GET /get ', 'GET /admin ']);
    expect(rig.readers).toEqual(['front', 'node', 'node', 'node']);
  });

  it('goes to node:http when the rest does not follow soon', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.write(GET.slice(0, 20));
    await expect.poll(() => rig.handedOver, SOON).toBe(1);
    client.socket.write(GET.slice(20));
    await expect.poll(() => bodies(client.received()), SOON).toEqual(['GET /get ']);
    expect(rig.readers).toEqual(['node']);
  });

  it('is answered with 400 when the client ends in the middle of it', async () => {
    const rig = await start();
    const client = await open(rig);
    client.socket.end(GET.slice(0, 20));
    await expect.poll(client.isClosed, SOON).toBe(true);
    expect(client.received()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ['in place', false],
    ['as data', true],
  ])('in any order, cut anywhere, read %s, is answered in order', async (_how, neverInPlace) => {
    const rig = await start({ neverInPlace });
    const kinds = {
      get: GET,
      post: `POST /post HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`,
      chunked: CHUNKED,
      put: `PUT /put HTTP/1.1\r\n${HOST}Content-Length: 0\r\nX-A: ${'a'.repeat(300)}\r\n\r\n`,
    };
    const answers = {
      get: 'GET /get ',
      post: 'POST /post abc',
      chunked: 'POST /chunked hi',
      put: 'PUT /put ',
    };
    const kind = fc.constantFrom<keyof typeof kinds>('get', 'post', 'put', 'chunked');
    await fc.assert(
      fc.asyncProperty(
        fc.array(kind, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat({ max: 900 }), { maxLength: 6 }),
        async (sequence, places) => {
          const client = await open(rig);
          const text = sequence.map((name) => kinds[name]).join('');
          for (const piece of piecesOf(text, places)) {
            client.socket.write(piece);
            await new Promise((resolve) => setImmediate(resolve));
          }
          await expect
            .poll(() => bodies(client.received()), SOON)
            .toEqual(sequence.map((name) => answers[name]));
          client.socket.destroy();
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('idle connections', () => {
  it('end after the keep-alive time', async () => {
    const rig = await start({ keepAliveTimeoutMs: 1_000 });
    const client = await open(rig);
    client.socket.write(GET);
    await expect.poll(client.received, SOON).toContain('keep-alive: timeout=1\r\n');
    await expect.poll(client.isClosed, SOON).toBe(true);
  });

  it('on which nothing ever came are told so', async () => {
    const rig = await start({ headersTimeoutMs: 100 });
    const client = await open(rig);
    await expect.poll(client.isClosed, SOON).toBe(true);
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('are closed by a drain once their grace time is over; what is under way is answered', async () => {
    const rig = await start();
    const idle = await open(rig);
    idle.socket.write(GET);
    const busy = await open(rig);
    busy.socket.write(`GET /wait HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(() => rig.waiting.length === 1 && idle.received() !== '', SOON).toBe(true);
    const drained = rig.drain.finish({ idleGraceMs: 1 });
    await expect.poll(idle.isClosed, SOON).toBe(true);
    rig.waiting[0]?.writeHead(204, []);
    rig.waiting[0]?.end();
    expect(await drained).toBe(0);
    await expect.poll(busy.isClosed, SOON).toBe(true);
    expect(busy.received()).toContain('connection: close\r\n');
  });
});

function piecesOf(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % text.length))].sort((a, b) => a - b);
  return [...at, text.length]
    .map((to, i) => text.slice(i === 0 ? 0 : at[i - 1], to))
    .filter((piece) => piece !== '');
}
