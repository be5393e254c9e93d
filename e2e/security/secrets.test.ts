import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalCloudProcess } from '../../desktop/main/providers/testing/local-cloud-process.ts';
import type { Operation } from '../../desktop/shared/domain/operation.ts';
import type { ConsoleClient } from '../fixtures/console-client.ts';
import { endOf } from '../fixtures/deployed-stack.ts';
import { AttachedHost } from '../fixtures/attached-host.ts';

/** Secrets go through the real Node host in every way there is; then they are looked for everywhere. */

const TOKEN = 'planted-api-token-0123456789';
const PASSWORD = 'planted-password-0123456789';
const DATABASE = `postgres://omni:${PASSWORD}@db.example/omni`;
/** Gives itself away by its form, under a harmless name. */
const GITHUB = 'ghp_planted0123456789abcdefghij';
const STORED = {
  'gateway-admin-token': 'planted-admin-token-0123456789-0123456789',
  'sample-traffic-key': 'planted-sample-key-0123456789-0123456789',
  'principal-secret': 'planted-principal-secret-0123456789-01',
  'key-peppers': `1:${Buffer.from('planted-pepper-of-the-key-store0').toString('base64')}`,
};
const PLANTED = [TOKEN, PASSWORD, GITHUB, ...Object.values(STORED)];
const ENV = { API_TOKEN: TOKEN, PG: DATABASE, HARMLESS: GITHUB };

/** A service that tells everything it knows, as some do when they fail. */
const TALKATIVE = `
import http from 'node:http';
const { PORT, HOST, K_REVISION, FAIL } = process.env;
const all = Object.entries(process.env).map((pair) => pair.join('=')).join(' ');
if (FAIL) {
  console.error('config: ' + all);
  process.exit(3);
}
const server = http.createServer((request, response) => {
  console.log(JSON.stringify(request.headers));
  const admin = request.url.startsWith('/admin');
  response.writeHead(admin ? 500 : 200, { 'x-omni-revision': K_REVISION });
  response.end(JSON.stringify(admin ? { detail: request.headers.authorization } : {}));
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

let cloud: LocalCloudProcess;
let host: AttachedHost;
let client: ConsoleClient;
/** Every byte that the page got. */
const answers: string[] = [];

beforeAll(async () => {
  cloud = await LocalCloudProcess.start({ backend: TALKATIVE, gateway: TALKATIVE }, STORED);
  host = await AttachedHost.start(cloud);
  client = listening(host);
});
afterAll(async () => {
  await host.stop();
  await cloud.close();
});

/** A client whose answers are written down as they come from the wire. */
function listening({ origin, cookie }: AttachedHost): ConsoleClient {
  return createORPCClient<ConsoleClient>(
    new RPCLink({
      url: `${origin}/rpc`,
      headers: { cookie, origin },
      fetch: async (request, init) => {
        const answer = await fetch(request, init);
        if (answer.body === null) return answer;
        const [read, kept] = answer.body.tee();
        new Response(kept).text().then(
          (text) => answers.push(text),
          // A stream that the test leaves ends without its last bytes.
          () => undefined,
        );
        return new Response(read, answer);
      },
    }),
  );
}

async function deploy(service: string, env: Readonly<Record<string, string>>): Promise<Operation> {
  const { operationId } = await client.deployments.deploy({ service, build: true, env });
  return endOf(client, operationId);
}

const refused = (): undefined => undefined;

/** Every way in which a secret goes into the console or could come out of it. */
async function useEverything(): Promise<void> {
  expect((await deploy('backend', ENV)).state).toBe('succeeded');
  expect((await deploy('gateway', {})).state).toBe('succeeded');
  const failed = await deploy('backend', { ...ENV, FAIL: '1' });
  expect(failed.state).toBe('failed');
  expect(failed.log.map(({ line }) => line).join('\n')).toContain('config: ');
  await cloud.writeSource('backend', `const = '${TOKEN}';`);
  expect((await deploy('backend', ENV)).state).toBe('failed');
  const key = { name: 'alice', environment: 'live', expiresAt: null, rateLimitPerMinute: null };
  await client.keys.create(key).catch(refused);
  await client.keys.list().catch(refused);
  await client.stack.test().catch(refused);
  await client.stack.setSampleTraffic({ on: true, requestsPerSecond: 5 });
  await client.deployments.planDeploy({ service: 'backend', build: false, env: ENV });
  const rows = await client.deployments.listRevisions({ service: 'backend' });
  const revision = rows.at(-1)?.revision.name ?? '';
  await client.deployments.planRollBack({ service: 'backend', revision }).catch(refused);
  await client.deployments.listServices();
  await client.health.check();
  await client.targets.list();
  await client.settings.read();
  await client.settings.about();
  await client.operations.list();
  await client.audit.export({ format: 'csv' });
  await client.audit.export({ format: 'jsonl' });
  await client.audit.list({ limit: 100 });
  await client.stack.setSampleTraffic({ on: false, requestsPerSecond: 5 });
}

/**
 * Files of the state folder with their content. The platform keeps what it was given, as Cloud Run
 * does: its secret store, and the templates in its own journal.
 */
async function consoleFiles(): Promise<ReadonlyMap<string, string>> {
  const folder = cloud.stateFolder;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((at) => join(at.parentPath, at.name));
  const own = files.filter(
    (file) => !/^(secrets|cloud|artifacts|run)\//.test(relative(folder, file)),
  );
  const texts = await Promise.all(
    own.map(async (file) => [relative(folder, file), await readFile(file, 'latin1')] as const),
  );
  return new Map(texts);
}

describe('a planted secret', () => {
  it('is in no file, no log and no answer', { timeout: 120_000 }, async () => {
    await useEverything();
    // What is being written when the console ends belongs to it too.
    await host.stop();
    const files = await consoleFiles();
    for (const name of ['operations.ndjson', 'audit.ndjson', 'audit.ndjson.seal', 'settings.json'])
      expect([...files.keys()]).toContain(name);
    const places = [
      ...[...files].map(([name, text]) => [`file ${name}`, text] as const),
      ['output', host.output.join('\n')] as const,
      ['answers', answers.join('\n')] as const,
    ];
    const found = places.flatMap(([place, text]) =>
      PLANTED.filter((value) => text.includes(value)).map((value) => `${value} in ${place}`),
    );
    expect(found).toEqual([]);
    // They did go through: the platform has them.
    expect(await readFile(join(cloud.stateFolder, 'cloud/journal.jsonl'), 'utf8')).toContain(TOKEN);
    expect(answers.join('').length).toBeGreaterThan(10_000);
  });

  it('would be found', async () => {
    await writeFile(join(cloud.stateFolder, 'planted.log'), `x ${TOKEN} y`);
    const files = await consoleFiles();
    expect([...files.values()].some((text) => text.includes(TOKEN))).toBe(true);
  });
});
