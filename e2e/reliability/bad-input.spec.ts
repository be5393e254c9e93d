import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_SECRETS } from '@omni/contracts/local-cloud.ts';
import { expect, test } from '../fixtures/console.ts';
import { deployOutcome } from '../fixtures/deployed-stack.ts';
import { ROOT } from '../fixtures/local-stack.ts';
import { withClient } from '../fixtures/node-host-client.ts';

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program that is expected to refuse its input, to its end. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const overdue = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const [status] = (await once(child, 'close')) as [number | null];
  clearTimeout(overdue);
  return { status, output };
}

test('a gateway with wrong values names each of them and does not start', async () => {
  const { status, output } = await run([join(ROOT, 'services/gateway/src/server.ts')], {
    UPSTREAM_URL: 'not an address',
    PORT: 'eighty',
  });
  expect(status).toBe(1);
  expect(output).toContain('CONFIG_INVALID');
  expect(output).toContain('UPSTREAM_URL');
  expect(output).toContain('PORT');
});

test('a state folder that is a file is refused, and the file is left alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'omni-bad-'));
  const file = join(folder, 'state');
  await writeFile(file, 'precious');
  const { status, output } = await run([join(ROOT, 'scripts/run.mjs'), 'start', '--state', file]);
  expect(status).toBe(1);
  expect(output).toContain('STATE_DIR_UNUSABLE');
  expect(await readdir(folder)).toEqual(['state']);
  await rm(folder, { recursive: true });
});

test('a taken port is named and another one is used', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const state = await mkdtemp(join(tmpdir(), 'omni-bad-'));
  const cloud = spawn(
    process.execPath,
    [join(ROOT, 'services/local-cloud/src/server.mjs'), '--state', state]
      .concat(['--sources', join(ROOT, 'services'), '--exit-with-parent'])
      .concat(['--port', `gateway=${port}`, '--port', `backend=${port}`]),
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [cloud.stdout, cloud.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  await withClient(state, async (client) => {
    for await (const status of await client.stack.watch()) if (status.phase === 'ready') break;
    const [service] = await client.deployments.listServices();
    expect(service?.uri).not.toContain(`:${port}`);
  });
  expect(output).toContain('PORT_TAKEN');
  expect(output).toContain(String(port));
  cloud.stdin.end();
  await once(cloud, 'exit');
  holder.close();
  await rm(state, { recursive: true });
});

test('a service that never gets ready fails with its cause, and the old revision serves', async ({
  stack,
}) => {
  await withClient(stack.state, async (client) => {
    const before = await client.deployments.listServices();
    const outcome = await deployOutcome(client, {
      service: 'gateway',
      build: false,
      env: { UPSTREAM_TIMEOUT_MS: 'soon' },
    });
    expect(outcome.state).toBe('failed');
    expect(outcome.error?.code).toBe('REVISION_NOT_READY');
    expect(JSON.stringify(outcome)).toContain('UPSTREAM_TIMEOUT_MS');
    const after = await client.deployments.listServices();
    const serving = (services: typeof before): unknown =>
      services.find(({ id }) => id === 'gateway')?.serving;
    expect(serving(after)).toEqual(serving(before));
    const key = await stack.secret(LOCAL_SECRETS.sampleTrafficKey);
    const uri = after.find(({ id }) => id === 'gateway')?.uri ?? '';
    const answer = await fetch(`${uri}/api/v1/omni/summary`, { headers: { 'x-api-key': key } });
    expect(answer.status).toBe(200);
  });
});

test('a full queue of deploys refuses the next one and finishes those it took', async ({
  stack,
}) => {
  await withClient(stack.state, async (client) => {
    const order = { service: 'backend', build: false, env: {} };
    const asked = await Promise.allSettled(
      Array.from({ length: 12 }, () => client.deployments.deploy(order)),
    );
    const refused = asked.filter((answer) => answer.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'OPERATION_QUEUE_FULL' });
    const taken = asked.filter((answer) => answer.status === 'fulfilled');
    for (const { value } of taken) await client.operations.cancel({ id: value.operationId });
  });
});

test('a broken settings file is kept aside, defaults are used and it is said', async ({
  stack,
}) => {
  await writeFile(join(stack.state, 'settings.json'), '{"version": 1, "theme": "dar');
  await withClient(stack.state, async (client) => {
    const { warning } = await client.settings.read();
    expect(warning).toMatch(/settings/i);
  });
  const kept = (await readdir(stack.state)).filter((name) => name.includes('corrupt'));
  expect(kept.length).toBeGreaterThan(0);
});
