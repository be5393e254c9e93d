import http from 'node:http';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  build,
  create,
  deploy,
  getService,
  setTraffic,
  shortName,
  tiny,
  toRevision,
} from '../../test-kit/deploy.ts';
import type { TinyAnswer } from '../../test-kit/deploy.ts';
import { makeFolders, removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';
import { until } from '../../test-kit/until.ts';

const folders = makeFolders();
let harness: Harness;
let uri = '';
let old = '';
let next = '';

beforeAll(async () => {
  harness = await startHarness(folders);
  await build(harness, 'tiny');
  const first = await create(harness, 'shop', { containers: [tiny({ VERSION: '1' })] });
  uri = first.uri ?? '';
  old = shortName(first.latestReadyRevision);
  const second = await deploy(harness, 'shop', { containers: [tiny({ VERSION: '2' })] });
  next = shortName(second.latestReadyRevision);
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

/** Requests in waves of 50; returns how many each revision answered. */
async function countAnswers(total: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let sent = 0; sent < total; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(uri)));
    for (const { revision } of answers) counts.set(revision, (counts.get(revision) ?? 0) + 1);
  }
  return counts;
}

/** Raw request, so that the Host header is ours to choose. */
function get(path: string, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(uri);
    const request = http.get({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => (body += piece.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    request.once('error', reject);
  });
}

describe('traffic', { timeout: 60_000 }, () => {
  it('splits 90/10 within three standard deviations', async () => {
    await setTraffic(harness, 'shop', [toRevision(next, 90), toRevision(old, 10)]);
    const counts = await countAnswers(2000);
    // Binomial, n = 2000, p = 0.1: deviation 13.4.
    expect(Math.abs((counts.get(old) ?? 0) - 200)).toBeLessThan(3 * 13.5);
  });

  it('answers a tag address without any share', async () => {
    const service = await setTraffic(harness, 'shop', [
      toRevision(next, 100),
      toRevision(old, 0, 'before'),
    ]);
    const tagged = service.trafficStatuses?.find(({ tag }) => tag === 'before');
    const host = new URL(tagged?.uri ?? '').host;
    expect(host).toMatch(/^before---shop\.localhost:\d+$/);
    expect(JSON.parse((await get('/', host)).body)).toMatchObject({ revision: old });
    expect((await countAnswers(50)).get(old)).toBeUndefined();
    expect((await get('/', 'nope---shop.localhost')).status).toBe(404);
  });

  it('loses no request while traffic goes back and forth under load', async () => {
    let running = true;
    let answered = 0;
    const seen = new Set<string>();
    // A POST is never sent twice: not one of them may meet an instance that is being stopped.
    const client = async (method: string): Promise<void> => {
      while (running) {
        const response = await fetch(uri, { method, body: method === 'POST' ? 'x' : null });
        expect(response.status).toBe(200);
        seen.add(((await response.json()) as TinyAnswer).revision);
        answered += 1;
      }
    };
    const load = Array.from({ length: 8 }, (_, index) => client(index % 2 === 0 ? 'GET' : 'POST'));
    for (let round = 0; round < 4; round += 1) {
      await setTraffic(harness, 'shop', [toRevision(round % 2 === 0 ? old : next, 100)]);
      const goal = answered + 100;
      while (answered < goal) await wait(5);
    }
    running = false;
    await Promise.all(load);
    expect(answered).toBeGreaterThan(400);
    expect(seen).toEqual(new Set([old, next]));
  });
});

describe('requests', { timeout: 60_000 }, () => {
  it('streams a body both ways and says who asked', async () => {
    const sent = 'x'.repeat(300_000);
    const echo = await fetch(`${uri}/echo`, { method: 'POST', body: sent });
    expect(await echo.text()).toBe(sent);
    const headers = JSON.parse((await get('/headers', 'localhost')).body) as object;
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  });

  it('passes an upgrade through', async () => {
    const socket = net.connect(Number(new URL(uri).port), '127.0.0.1');
    socket.write(
      'GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    const received = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (piece: Buffer) => {
        text += piece.toString();
        if (text.endsWith('\r\n\r\n')) socket.write('hello');
        if (text.endsWith('hello')) resolve(text);
      });
    });
    socket.destroy();
    expect(received).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('refuses a foreign host name', async () => {
    expect((await get('/', 'evil.example')).status).toBe(404);
  });

  it('answers 504 when the request takes longer than the revision allows', async () => {
    const template = { containers: [tiny()], timeout: { seconds: 1 } };
    const service = await create(harness, 'slow', template);
    const response = await fetch(`${service.uri ?? ''}/?ms=5000`);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: 'request_timeout' });
  });

  it('scales out to max when requests exceed the concurrency, and holds the rest', async () => {
    const template = {
      containers: [tiny()],
      maxInstanceRequestConcurrency: 1,
      scaling: { maxInstanceCount: 2 },
    };
    const service = await create(harness, 'burst', template);
    const instances = new Set<string>();
    // On a busy machine the second one may start when the first burst is over already.
    await until('two instances answer', async () => {
      const burst = Array.from({ length: 6 }, () => ask(service.uri, '/?ms=50'));
      for (const { instance } of await Promise.all(burst)) instances.add(instance);
      return instances.size >= 2;
    });
    const burst = Array.from({ length: 12 }, () => ask(service.uri, '/?ms=50'));
    for (const { instance } of await Promise.all(burst)) instances.add(instance);
    expect(instances.size).toBe(2);
  });

  it('replaces a crashed instance and serves again', async () => {
    const service = await getService(harness, 'shop');
    const before = await ask(uri);
    const lost = await fetch(`${uri}/crash`);
    expect(lost.status).toBe(502);
    const after = await ask(service.uri);
    expect(after.pid).not.toBe(before.pid);
  });
});
