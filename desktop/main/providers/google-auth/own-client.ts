import { readFile } from 'node:fs/promises';
import type { OAuth2Client } from 'google-auth-library';
import { z } from 'zod';
import { invalidFile } from './access-errors.ts';
import { endpointOptions } from './credentials-file.ts';
import type { GoogleEndpoints } from './endpoints.ts';

/** As Google lets it be downloaded for an application of the kind "desktop". */
const clientFile = z.object({
  installed: z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) }),
});

/**
 * The operator's own OAuth client. Its secret is not confidential (an installed app can keep none);
 * PKCE is what protects the code. Throws CREDENTIALS_INVALID.
 */
export async function openOwnClient(
  path: string,
  endpoints: GoogleEndpoints,
  quotaProjectId: string,
): Promise<OAuth2Client> {
  const { installed } = await readClientFile(path);
  const { OAuth2Client } = await import('google-auth-library');
  return new OAuth2Client({
    clientId: installed.client_id,
    clientSecret: installed.client_secret,
    quotaProjectId,
    endpoints: endpointOptions(endpoints),
  });
}

async function readClientFile(path: string): Promise<z.infer<typeof clientFile>> {
  const content = await readFile(path, 'utf8').catch(() => null);
  if (content === null) throw invalidFile(path, 'it can’t be read.');
  try {
    return clientFile.parse(JSON.parse(content));
  } catch {
    // The parsers' messages would quote the file.
    throw invalidFile(path, 'it is no OAuth client of the kind “desktop app”.');
  }
}
