import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TargetCredentials } from '../../../shared/domain/target.ts';
import { withFolder } from '../../testing/temporary-folder.ts';
import { MemoryRefreshTokens } from '../os/memory-refresh-tokens.ts';
import { ScriptedServer } from './scripted-server.ts';
import { GoogleAccess } from '../google-auth/google-access.ts';

export const REFRESH = 'planted-refresh-token';
export const ACCESS = 'planted-access-token';

type Answer = readonly [status: number, body: unknown];

/** A real server that stands for Google's sign-in, and who signs in with it. */
export class GoogleRig {
  readonly #server = new ScriptedServer();
  #origin = '';
  answers: Record<string, Answer> = {};

  async open(): Promise<void> {
    this.#origin = await this.#server.listen();
    this.#server.answer = ({ path }) => {
      const [status, body] = this.answers[path] ?? [404, {}];
      const headers = { 'content-type': 'application/json' };
      return { status, body: JSON.stringify(body), headers };
    };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Answers as for an operator whose sign-in is good. */
  reset(): void {
    this.#server.requests.length = 0;
    this.answers = {
      '/token': [200, { access_token: ACCESS, expires_in: 3_600, refresh_token: REFRESH }],
      '/tokeninfo': [200, { email: 'ann@example.com' }],
    };
  }

  get asked(): readonly { path: string; form: URLSearchParams; authorization: string | null }[] {
    return this.#server.requests.map(({ path, body, headers }) => ({
      path,
      form: new URLSearchParams(body),
      authorization: headers.authorization ?? null,
    }));
  }

  /** @param token another address of the token endpoint */
  access(
    credentials: Exclude<TargetCredentials, { kind: 'none' }>,
    { token = `${this.#origin}/token` } = {},
  ): Signer {
    const refreshTokens = new MemoryRefreshTokens();
    const opened: string[] = [];
    const access = new GoogleAccess({
      target: 't1',
      project: 'shop-project',
      credentials,
      endpoints: {
        authorize: `${this.#origin}/authorize`,
        token,
        tokenInfo: `${this.#origin}/tokeninfo`,
        iamCredentials: this.#origin,
      },
      refreshTokens,
      openBrowser: (url) => Promise.resolve(opened.push(url) > 0),
      host: { env: {}, home: '/nowhere', platform: 'linux' },
    });
    return { access, refreshTokens, opened };
  }
}

export interface Signer {
  readonly access: GoogleAccess;
  readonly refreshTokens: MemoryRefreshTokens;
  /** Addresses that the browser was sent to. */
  readonly opened: string[];
}

const USER_FILE = JSON.stringify({
  type: 'authorized_user',
  client_id: 'client',
  client_secret: 'secret',
  refresh_token: REFRESH,
});

/** Credentials as gcloud leaves them. */
export async function withUser(use: (file: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const file = join(folder, 'adc.json');
    await writeFile(file, USER_FILE);
    await use(file);
  });
}

/** No token may ever be part of what a page is shown, nor of an error that is logged. */
export function withoutTokens(value: unknown): void {
  const error = value instanceof Error ? [value.message, value.stack, value.cause] : value;
  expect(JSON.stringify(error)).not.toMatch(/planted|not confidential|"secret"/);
}
