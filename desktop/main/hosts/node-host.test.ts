import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCore } from '../testing/fake-core.ts';
import type { ConsoleClient } from './contract.conformance.ts';
import { contractSuite } from './contract.conformance.ts';
import type { NodeHost } from './node-host.ts';
import { startNodeHost } from './node-host.ts';
import { sessionCookieName } from './session-token.ts';

const cookieOf = (host: NodeHost): string => `${sessionCookieName(host.port)}=${host.token}`;

contractSuite('HTTP', async ({ core }) => {
  const context = { core, actor: 'tester' };
  const host = await startNodeHost({ context, pageFolder: 'none', port: 0 });
  const link = new RPCLink({
    url: `http://127.0.0.1:${String(host.port)}/rpc`,
    headers: { cookie: cookieOf(host) },
  });
  return { client: createORPCClient<ConsoleClient>(link), close: () => host.close() };
});

describe('who may come in', () => {
  let folder = '';
  let host: NodeHost;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'omni-page-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<title>Omni</title>');
    await writeFile(join(folder, 'assets', 'a.js'), '1');
    const context = { core: fakeCore().core, actor: 'tester' };
    host = await startNodeHost({ context, pageFolder: folder, port: 0 });
  });
  afterEach(async () => {
    await host.close();
    await rm(folder, { recursive: true });
  });

  it('trades the token for a cookie that no script can read, and hides it from the history', async () => {
    const answer = await ask(host, '/', { token: true });
    expect(answer).toMatchObject({ status: 302, location: '/' });
    expect(answer.cookie).toMatch(
      /^omni_session_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/u,
    );
  });

  it.each([
    ['no cookie', '/', {}, 401],
    ['a wrong cookie', '/', { cookie: 'omni_session_1=x' }, 401],
    ['a wrong token', '/?token=wrong', {}, 401],
    ['the token on another path', '/rpc/keys/list', { token: true }, 401],
    ['another name for this host', '/', { own: true, host: 'evil.test' }, 421],
    ["another site's page", '/rpc/keys/list', { own: true, origin: 'http://evil.test' }, 403],
    ['our own page', '/', { own: true }, 200],
    ['a route of the page', '/keys', { own: true }, 200],
    ['an asset', '/assets/a.js', { own: true }, 200],
    ['an asset that is not there', '/assets/b.js', { own: true }, 404],
    ['a kind of file that is never served', '/assets/a.map', { own: true }, 404],
    ['a path that climbs', '/..%2f..%2fetc/passwd', { own: true }, 400],
    ['a path that climbs twice encoded', '/%252e%252e/x.js', { own: true }, 400],
    ['a backslash', '/%5c..%5cx.js', { own: true }, 400],
    ['a second slash', '//etc/passwd', { own: true }, 400],
    ['a procedure that is not there', '/rpc/nothing', { own: true, method: 'POST' }, 404],
    ['a mutation by GET', '/rpc/stack/ensure', { own: true }, 405],
  ] as const)('%s', async (_what, path, how, status) => {
    expect((await ask(host, path, how)).status).toBe(status);
  });

  it('sends the policy with every answer and no permission for other sites', async () => {
    for (const path of ['/', '/assets/b.js', '/rpc/nothing']) {
      const { headers } = await ask(host, path, { own: true, origin: undefined });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

interface How {
  readonly token?: boolean;
  readonly own?: boolean;
  readonly cookie?: string;
  readonly host?: string;
  readonly origin?: string | undefined;
  readonly method?: string;
}

interface Answered {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookie: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Raw, because `fetch` tidies up paths and refuses to set `Host`. */
function ask(host: NodeHost, path: string, how: How): Promise<Answered> {
  const cookie = how.own === true ? cookieOf(host) : how.cookie;
  const headers = {
    host: how.host ?? `127.0.0.1:${String(host.port)}`,
    ...(cookie === undefined ? {} : { cookie }),
    ...(how.origin === undefined ? {} : { origin: how.origin }),
  };
  const target = how.token === true ? `${path}?token=${host.token}` : path;
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: host.port, path: target, method: how.method ?? 'GET', headers },
      (answer) => {
        answer.resume().on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            location: answer.headers.location,
            cookie: answer.headers['set-cookie']?.[0],
            headers: answer.headers,
          }),
        );
      },
    );
    call.on('error', reject).end();
  });
}
