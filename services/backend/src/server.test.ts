import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lanesOf } from './testing/lanes-of.ts';
import type { RunningServer } from './testing/run-server.ts';
import { firstAnswer, runServer } from './testing/run-server.ts';
import { isAlive, until } from './testing/until.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

const servers: RunningServer[] = [];
afterEach(async () => {
  for (const { child, exit } of servers.splice(0)) {
    child.kill('SIGKILL');
    await exit;
  }
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const server = await runServer(env);
  servers.push(server);
  return server;
}

async function ready({ url }: RunningServer): Promise<void> {
  await until('ready', async () => {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    return answer?.status === 200 ? true : undefined;
  });
}

const embed = (url: string, input: unknown): Promise<Response> =>
  fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'all-minilm-l6-v2', input }),
  });

describe('the process', () => {
  it('lives before it is ready, shows its progress, and then serves', async () => {
    const server = await start();
    const live = await firstAnswer(`${server.url}/health/live`);
    expect(live.status).toBe(200);
    const early = await fetch(`${server.url}/health/ready`);
    expect(early.status).toBe(503);
    expect(await early.json()).toMatchObject({ status: 'starting' });
    const tooEarly = await embed(server.url, 'x');
    expect([404, 503]).toContain(tooEarly.status);
    await ready(server);
    expect((await embed(server.url, 'x')).status).toBe(200);
    const summary = (await (await fetch(`${server.url}/api/v1/omni/summary`)).json()) as {
      startup: { phase: string; ms: number }[];
    };
    const [port, ...rest] = summary.startup;
    expect(port?.phase).toBe('port');
    expect(rest.at(-1)?.phase).toBe('ready');
    expect(rest.at(-1)?.ms).toBeGreaterThan(port?.ms ?? 0);
  });

  it('answers everything that it accepted before SIGTERM, exits 0 and leaves no lane', async () => {
    const server = await start();
    await ready(server);
    const lanes = lanesOf(server);
    expect(lanes).toHaveLength(1);
    // No text twice: equal ones would run once.
    const texts = (request: number): string[] =>
      Array.from({ length: 30 }, (_, index) => `a text that takes a while ${request} ${index}`);
    let answered = 0;
    const accepted = Array.from({ length: 8 }, async (_, request) => {
      const answer = await embed(server.url, texts(request));
      answered += 1;
      return answer;
    });
    // A connection that the process has not seen yet is refused by its end, and rightly so.
    await until('all requests are accepted', async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      const active = /http_server_active_requests\{http_request_method="POST"\} (\d+)/.exec(
        metrics,
      );
      return Number(active?.[1]) + answered >= accepted.length || undefined;
    });
    server.child.kill('SIGTERM');
    const answers = await Promise.all(accepted);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    // On a machine too busy to finish in time the rest is told to retry, never cut off.
    for (const { status, headers } of answers.filter((answer) => answer.status !== 200)) {
      expect([429, 503]).toContain(status);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(lanes.filter(isAlive)).toEqual([]);
  });

  it('lets hundreds connect while it is too busy to take any in', async () => {
    const server = await start();
    await firstAnswer(`${server.url}/health/live`);
    server.child.kill('SIGSTOP');
    let connected = 0;
    const sockets = Array.from({ length: 700 }, () =>
      connect(Number(new URL(server.url).port), '127.0.0.1', () => (connected += 1)),
    );
    try {
      await until('all are connected', () => connected === sockets.length || undefined);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it('takes its lane with it when it is killed', async () => {
    const server = await start();
    await ready(server);
    const lanes = lanesOf(server);
    server.child.kill('SIGKILL');
    await server.exit;
    await until('the lane is gone', () => lanes.every((pid) => !isAlive(pid)) || undefined);
  });

  it('refuses to start with one line that says what to do', async () => {
    const server = await start({ PORT: 'eighty' });
    expect((await server.exit).code).toBe(1);
    expect(JSON.parse(server.output())).toMatchObject({ code: 'CONFIG_INVALID' });
    const first = await start();
    await firstAnswer(`${first.url}/health/live`);
    const second = await start({ PORT: new URL(first.url).port });
    expect((await second.exit).code).toBe(1);
    expect(second.output()).toMatch(/"code":"LISTEN_FAILED".*"next_step"/);
  });
});
