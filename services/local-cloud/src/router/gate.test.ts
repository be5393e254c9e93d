import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Access } from './access-rule.ts';
import { CallerIdentity, connectionsOf } from './caller-identity.ts';
import { requestHeaders } from './forward-headers.ts';
import { createGate } from './gate.ts';

const TOKEN = 'the token of this run, which opens everything';
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

interface Passed {
  readonly status: number;
  /** The headers that an instance would get. */
  readonly forwarded: readonly string[];
}

/** A server that asks the gate and answers with what would be passed on. */
async function serve(access: Access, pids: readonly number[] = []): Promise<string> {
  const identity = new CallerIdentity(() => pids);
  const gate = createGate({
    token: TOKEN,
    access: () => access,
    isInstance: (socket) => identity.isInstance(socket),
  });
  const server = http.createServer((request, response) => {
    Promise.resolve(gate(request))
      .then((refusal) => {
        response.end(
          JSON.stringify({ status: refusal?.status ?? 200, forwarded: requestHeaders(request) }),
        );
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(uri: string, headers: Record<string, string> = {}): Promise<Passed> {
  return (await (await fetch(uri, { headers })).json()) as Passed;
}

describe('the invoker check', () => {
  const closed = { ingress: 'all', invokers: 'authenticated' } as const;

  it('is 403 without an identity and 401 with a wrong one', async () => {
    const uri = await serve(closed);
    expect((await ask(uri)).status).toBe(403);
    expect((await ask(uri, { authorization: 'Bearer something else' })).status).toBe(401);
  });

  it.each(['authorization', 'x-serverless-authorization'])(
    'takes the token of this run in %s and keeps it from the instance',
    async (name) => {
      const passed = await ask(await serve(closed), { [name]: `Bearer ${TOKEN}`, 'x-own': 'kept' });
      expect(passed.status).toBe(200);
      expect(passed.forwarded).toContain('kept');
      expect(JSON.stringify(passed.forwarded)).not.toContain(TOKEN);
    },
  );

  it("leaves the application's own authorization alone beside the platform's", async () => {
    const headers = {
      'x-serverless-authorization': `Bearer ${TOKEN}`,
      authorization: 'Basic b3du',
    };
    const passed = await ask(await serve(closed), headers);
    expect(passed).toMatchObject({ status: 200 });
    expect(passed.forwarded).toContain('Basic b3du');
  });

  it('asks nobody of a public service, and leaves its headers alone', async () => {
    const uri = await serve({ ingress: 'all', invokers: 'anyone' });
    const passed = await ask(uri, { authorization: 'Bearer a key of the service' });
    expect(passed.status).toBe(200);
    expect(passed.forwarded).toContain('Bearer a key of the service');
  });
});

describe('ingress', () => {
  it('none is 404 for everybody, with a token too', async () => {
    const uri = await serve({ ingress: 'none', invokers: 'anyone' });
    expect((await ask(uri, { authorization: `Bearer ${TOKEN}` })).status).toBe(404);
  });

  it.runIf(process.platform === 'linux')('internal admits the processes of instances', async () => {
    const access = { ingress: 'internal', invokers: 'anyone' } as const;
    expect((await ask(await serve(access, [process.pid]))).status).toBe(200);
    // A child of an instance counts too: we are one of our parent's.
    expect((await ask(await serve(access, [process.ppid]))).status).toBe(200);
    const stranger = 2 ** 30;
    expect((await ask(await serve(access, [stranger]))).status).toBe(404);
    expect((await ask(await serve(access, []))).status).toBe(404);
  });

  it.runIf(process.platform === 'linux')('answers many new connections at once', async () => {
    const uri = await serve({ ingress: 'internal', invokers: 'anyone' }, [process.pid]);
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => ask(uri, { connection: 'close' })),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it('reads the connection table of the kernel', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 111 1',
      '   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 222 1',
      '',
    ].join('\n');
    expect([...connectionsOf(table, new Set(['222']))]).toEqual(['50000>8080']);
  });
});
