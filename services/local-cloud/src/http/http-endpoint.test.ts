import http from 'node:http';
import { localDifferences, logLines, scrapeTargets } from '@omni/contracts/local-cloud.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, build, create, tiny } from '../../test-kit/deploy.ts';
import { makeFolders, removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';

const folders = makeFolders();
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(folders);
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { httpPort, token } = harness.connection;
  const all = { authorization: `Bearer ${token}`, ...headers };
  return new Promise((resolve, reject) => {
    const request = http.get(
      { host: '127.0.0.1', port: httpPort, path, headers: all },
      (answer) => {
        let body = '';
        answer.on('data', (piece: Buffer) => (body += piece.toString()));
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(body) });
        });
      },
    );
    request.once('error', reject);
  });
}

describe('the side door', { timeout: 60_000 }, () => {
  it('lists instances and their logs as the contract says', async () => {
    await build(harness, 'tiny');
    const service = await create(harness, 'tiny', { containers: [tiny()] });
    const { revision, instance } = await ask(service.uri);
    const targets = scrapeTargets.parse((await get('/v1/targets')).body);
    expect(targets).toMatchObject([
      { labels: { service: 'tiny', revision, instance, state: 'ready' } },
    ]);
    const direct = await fetch(`http://${targets[0]?.targets[0] ?? ''}/`);
    expect(direct.headers.get('x-omni-revision')).toBe(revision);
    const known = localDifferences.parse((await get('/v1/differences')).body);
    expect(known.length).toBeGreaterThan(20);
    const lines = logLines.parse((await get(`/v1/logs?revision=${revision}&limit=5`)).body);
    expect(lines.map(({ line }) => line)).toContain('tiny service listens');
    expect((await get('/v1/logs?limit=none')).status).toBe(400);
  });

  it('asks for the token and for our own host name', async () => {
    expect((await get('/healthz')).body).toMatchObject({ status: 'ok', postgres: 'off' });
    expect((await get('/healthz', { authorization: 'Bearer no' })).status).toBe(401);
    expect((await get('/healthz', { host: 'evil.example' })).status).toBe(403);
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('//')).status).toBe(400);
  });
});
