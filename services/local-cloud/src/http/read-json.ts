import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

const LARGEST = 64 * 1024;

/** The body as JSON; `null`, which no route takes, when it is too large or no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST) return null;
  try {
    return JSON.parse(await text(request));
  } catch {
    // Cut off or not JSON: the route's schema refuses it.
    return null;
  }
}
