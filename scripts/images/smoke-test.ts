import { randomBytes } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { StartFailure } from '../bootstrap/failure.mjs';
import { projectRoot } from '../bootstrap/places.mjs';
import { allowBridge } from './allow-bridge.ts';
import { choosePort } from './choose-port.ts';
import type { Docker } from './docker.ts';
import { timed } from './timed.ts';

const HEALTHY_MS = 90_000;
/** Cloud Run kills after 10 s. */
const STOP_MS = 10_000;
const USER_ID = '1000';
const SERVICES = ['gateway', 'backend'] as const;

/** The running stack: how to speak to it and about it. */
type Stack = {
  docker: Docker;
  project: string;
  compose: (...args: string[]) => Promise<string>;
  gateway: string;
  backend: string;
  key: string;
  adminToken: string;
};

/** Runs docker-compose.yml on the images that were built, tries the stack and stops it. */
export async function smokeTest(docker: Docker): Promise<void> {
  const stack = await describeStack(docker);
  try {
    await timed('starting the stack', () => stack.compose('up', '--detach', '--no-build'));
    const forbidBridge = await allowBridge(docker, `${stack.project}_default`);
    try {
      await tryStack(stack);
    } finally {
      await forbidBridge();
    }
  } finally {
    await timed('removing the stack', () =>
      stack.compose('down', '--volumes', '--timeout', '1', '--remove-orphans'),
    );
  }
}

async function tryStack(stack: Stack): Promise<void> {
  try {
    await timed('waiting until Docker calls both healthy', () => untilHealthy(stack));
    await answers(stack);
    report('processes and their users', await usersOf(stack));
    report('memory', await memoryOf(stack));
    for (const service of SERVICES) await stopsCleanly(stack, service);
  } catch (error) {
    process.stdout.write(await stack.compose('logs', '--no-color', '--tail=40').catch(String));
    throw error;
  }
}

async function describeStack(docker: Docker): Promise<Stack> {
  const [key, adminToken] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
  const [gatewayPort, backendPort] = [await choosePort(8081), await choosePort(8080)];
  const env = {
    API_KEYS: key,
    ADMIN_TOKEN: adminToken,
    PRINCIPAL_SECRET: randomBytes(32).toString('hex'),
    GATEWAY_PORT: String(gatewayPort),
    BACKEND_PORT: String(backendPort),
  };
  const file = path.join(projectRoot, 'services/docker-compose.yml');
  const project = `omni-images-${process.pid}`;
  const common = ['--file', file, '--project-name', project];
  return {
    docker,
    project,
    compose: (...args) => docker.compose([...common, ...args], { env }),
    gateway: `http://127.0.0.1:${gatewayPort}`,
    backend: `http://127.0.0.1:${backendPort}`,
    key,
    adminToken,
  };
}

async function containerOf({ compose }: Stack, service: string): Promise<string> {
  return (await compose('ps', '--quiet', service)).trim();
}

async function untilHealthy(stack: Stack): Promise<void> {
  const deadline = performance.now() + HEALTHY_MS;
  let states = await healthStates(stack);
  while (states.some((state) => state !== 'healthy')) {
    if (performance.now() > deadline) throw failed(`the containers are ${states.join(' and ')}`);
    await pause(500);
    states = await healthStates(stack);
  }
}

/** What the images' own HEALTHCHECK says. */
function healthStates(stack: Stack): Promise<string[]> {
  return Promise.all(
    SERVICES.map(async (service) => {
      const format = '{{.State.Health.Status}}';
      const container = await containerOf(stack, service);
      return (await stack.docker.run(['inspect', '--format', format, container])).trim();
    }),
  );
}

/** What an operator would try first, and what must be refused. */
async function answers({ gateway, backend, key, adminToken }: Stack): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'all-minilm-l6-v2', input: 'a deploy went wrong' });
  const embed = (base: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${base}/v1/embeddings`, { method: 'POST', headers: { ...json, ...headers }, body });
  await expectStatus('gateway /health', await fetch(`${gateway}/health`), 200);
  await expectStatus('gateway /health/ready', await fetch(`${gateway}/health/ready`), 200);
  await expectStatus('gateway without a key', await embed(gateway, {}), 401);
  await expectStatus('backend without the gateway', await embed(backend, {}), 401);
  const embedded = await embed(gateway, { 'x-api-key': key });
  const answer = (await embedded.clone().json()) as { data?: { embedding: number[] }[] };
  await expectStatus('gateway /v1/embeddings with a key', embedded, 200);
  const length = answer.data?.[0]?.embedding.length;
  if (length !== 384) throw failed(`the embedding has ${length ?? 'no'} numbers, not 384`);
  const health = await fetch(`${gateway}/api/health`, { headers: { 'x-api-key': key } });
  await expectStatus('gateway /api/health with a key', health, 200);
  // Loaded on its first request: its code must be in the image too.
  const admin = { authorization: `Bearer ${adminToken}` };
  const keys = await fetch(`${gateway}/admin/v1/keys`, { headers: admin });
  await expectStatus('gateway /admin/v1/keys with the admin token', keys, 200);
}

async function expectStatus(what: string, response: Response, status: number): Promise<void> {
  const text = await response.text();
  if (response.status !== status) {
    throw failed(`${what} answered ${response.status}, not ${status}: ${text.slice(0, 300)}`);
  }
  process.stdout.write(`  ${what}: ${status}\n`);
}

/** Nobody in a container is root, and nobody but node runs. */
async function usersOf(stack: Stack): Promise<string[]> {
  const lines: string[] = [];
  for (const service of SERVICES) {
    const container = await containerOf(stack, service);
    const table = await stack.docker.run(['top', container, '-eo', 'pid,uid,args']);
    for (const row of table.trim().split('\n').slice(1)) {
      const [, uid = '', ...command] = row.trim().split(/\s+/u);
      if (uid !== USER_ID) throw failed(`${command.join(' ')} runs as user ${uid}`);
      lines.push(`${service}: user ${uid}, ${command.join(' ')}`);
    }
  }
  return lines;
}

async function memoryOf(stack: Stack): Promise<string[]> {
  const containers = await Promise.all(SERVICES.map((service) => containerOf(stack, service)));
  const format = '{{.Name}}: {{.MemUsage}}';
  const table = await stack.docker.run(['stats', '--no-stream', '--format', format, ...containers]);
  return table.trim().split('\n');
}

function report(title: string, lines: readonly string[]): void {
  process.stdout.write(`  ${title}:\n${lines.map((line) => `    ${line}\n`).join('')}`);
}

/** SIGTERM reaches node: it ends by itself, in time, and says that all is well. */
async function stopsCleanly(stack: Stack, service: string): Promise<void> {
  const container = await containerOf(stack, service);
  const startedAt = performance.now();
  await stack.docker.run(['stop', '--time', String(STOP_MS / 1000), container]);
  const tookMs = performance.now() - startedAt;
  const format = '{{.State.ExitCode}}';
  const code = Number(await stack.docker.run(['inspect', '--format', format, container]));
  if (code !== 0 || tookMs > STOP_MS) {
    throw failed(`${service} ended with ${code} after ${(tookMs / 1000).toFixed(1)} s`);
  }
  process.stdout.write(`  SIGTERM to ${service}: exit 0 after ${(tookMs / 1000).toFixed(1)} s\n`);
}

function failed(what: string): StartFailure {
  return new StartFailure('SMOKE_FAILED', `${what}.`, 'read the logs of the containers above.');
}
