import { readFile } from 'node:fs/promises';
import type { AuthClient } from 'google-auth-library';
import { z } from 'zod';
import { invalidFile, noCredentials } from './access-errors.ts';
import type { GoogleEndpoints } from './endpoints.ts';
import { CLOUD_SCOPE, IDENTITY_SCOPES } from './endpoints.ts';

const text = z.string().min(1);
const user = z.object({
  type: z.literal('authorized_user'),
  client_id: text,
  client_secret: text,
  refresh_token: text,
  quota_project_id: text.optional(),
});
const serviceAccount = z.object({
  type: z.literal('service_account'),
  client_email: text,
  private_key: text,
});
const impersonated = z.object({
  type: z.literal('impersonated_service_account'),
  service_account_impersonation_url: z
    .string()
    .regex(/\/serviceAccounts\/[^/:]+:generateAccessToken$/, 'names no service account'),
  source_credentials: z.discriminatedUnion('type', [user, serviceAccount]),
});
const external = z.looseObject({ type: z.literal('external_account'), audience: text });
const credentials = z.discriminatedUnion('type', [user, serviceAccount, impersonated, external]);
export type CredentialsFile = z.infer<typeof credentials>;

/** An AuthClient of a file, without a token yet, and whose it is as far as the file says. */
export interface FileClient {
  readonly client: AuthClient;
  readonly email: string | null;
  /** What kind of credentials these are, for an operator. */
  readonly words: string;
}

/** Reads a credentials file. Throws CREDENTIALS_MISSING and CREDENTIALS_INVALID. */
export async function readCredentialsFile(path: string): Promise<CredentialsFile> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    throw code === 'ENOENT'
      ? noCredentials(path)
      : invalidFile(path, `it can’t be read (${String(code)}).`);
  });
  const parsed = credentials.safeParse(parseJson(path, content));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalidFile(path, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // The parser's message would quote the file, and the file holds a secret.
    throw invalidFile(path, 'it is no JSON.');
  }
}

/** The library's client for a file. `project` pays for a user's calls where the file names none. */
export async function clientOfFile(
  file: CredentialsFile,
  endpoints: GoogleEndpoints,
  project: string,
): Promise<FileClient> {
  const auth = await import('google-auth-library');
  switch (file.type) {
    case 'authorized_user':
      return {
        client: new auth.UserRefreshClient({
          clientId: file.client_id,
          clientSecret: file.client_secret,
          refreshToken: file.refresh_token,
          quotaProjectId: file.quota_project_id ?? project,
          endpoints: endpointOptions(endpoints),
        }),
        email: null,
        words: 'user',
      };
    case 'service_account':
      return {
        client: new auth.JWT({
          email: file.client_email,
          key: file.private_key,
          scopes: [CLOUD_SCOPE, ...IDENTITY_SCOPES],
        }),
        email: file.client_email,
        words: 'service account key',
      };
    case 'impersonated_service_account': {
      const source = await clientOfFile(file.source_credentials, endpoints, project);
      const email = principalOf(file.service_account_impersonation_url);
      const client = await impersonating(source.client, email, endpoints);
      return { client, email, words: 'impersonated service account' };
    }
    case 'external_account': {
      const client = auth.ExternalAccountClient.fromJSON(file as never);
      if (client === null) throw invalidFile('The credentials file', 'its kind is not known.');
      client.scopes = [CLOUD_SCOPE];
      return { client, email: null, words: 'workload identity' };
    }
  }
}

/** A client that acts as a service account, with the tokens of another client. */
export async function impersonating(
  sourceClient: AuthClient,
  targetPrincipal: string,
  endpoints: GoogleEndpoints,
): Promise<AuthClient> {
  const { Impersonated } = await import('google-auth-library');
  return new Impersonated({
    sourceClient,
    targetPrincipal,
    targetScopes: [CLOUD_SCOPE],
    lifetime: 3_600,
    endpoint: endpoints.iamCredentials,
  });
}

/** The addresses as the library's OAuth clients take them. */
export function endpointOptions(endpoints: GoogleEndpoints): {
  tokenInfoUrl: string;
  oauth2AuthBaseUrl: string;
  oauth2TokenUrl: string;
} {
  return {
    tokenInfoUrl: endpoints.tokenInfo,
    oauth2AuthBaseUrl: endpoints.authorize,
    oauth2TokenUrl: endpoints.token,
  };
}

function principalOf(url: string): string {
  return /\/serviceAccounts\/([^/:]+):/.exec(url)?.[1] ?? '';
}
