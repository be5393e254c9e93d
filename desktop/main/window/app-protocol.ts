import { protocol, session } from 'electron';
import type { PageAnswer } from '../hosts/page-files.ts';
import { plain, readPageFile } from '../hosts/page-files.ts';
import { isPageUrl, PAGE_ORIGIN } from '../hosts/trusted-frame.ts';

export const PAGE_URL = `${PAGE_ORIGIN}/`;

/** Before `ready`: the page's scheme is a secure origin of its own, with code cache. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** After `ready`: serves the built page from `app://console/`, and nothing else. */
export function serveAppScheme(folder: string): void {
  session.defaultSession.protocol.handle('app', async (request) => {
    const { status, headers, body } = await answer(request, folder);
    return new Response(new Uint8Array(body), { status, headers });
  });
}

async function answer(request: Request, folder: string): Promise<PageAnswer> {
  if (request.method !== 'GET') return plain(405, 'Read only');
  if (!isPageUrl(request.url)) return plain(404, 'Not found');
  return readPageFile(folder, new URL(request.url).pathname);
}
