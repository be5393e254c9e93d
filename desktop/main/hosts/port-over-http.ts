import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '../rpc/context.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import { servePort } from './serve-port.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** One browser page: what it sends is delivered here, what it is sent goes out as lines. */
interface PageLink {
  deliver(message: string): void;
}

/**
 * A message port made of one long answer (main to page, a message per line) and POSTs (page to
 * main). A browser opens at most six connections to one host, and a page of the console watches more
 * than that: each stream on a connection of its own would leave none for calls.
 */
export class PortsOverHttp {
  readonly #context: Context;
  readonly #links = new Map<string, PageLink>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** `GET`: the first line is the link's id, each later one a message; ends when the page leaves. */
  open(response: ServerResponse): void {
    const id = randomUUID();
    const leaving = new Set<() => void>();
    response.writeHead(200, {
      ...PAGE_HEADERS,
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
    });
    response.write(`${id}\n`);
    response.on('close', () => {
      this.#links.delete(id);
      for (const leave of leaving) leave();
    });
    servePort(
      {
        // Messages are JSON texts, which hold no line break of their own.
        post: (message) => void response.write(`${String(message)}\n`),
        onMessage: (listener) => this.#links.set(id, { deliver: listener }),
        onClose: (listener) => leaving.add(listener),
        close: () => response.end(),
      },
      this.#context,
    );
  }

  /** `POST`: messages of the page, one per line, in their order. Answers with a status. */
  async receive(request: IncomingMessage, id: string): Promise<number> {
    const link = this.#links.get(id);
    if (link === undefined) return 404;
    const text = await readText(request);
    if (text === null) return 413;
    for (const line of text.split('\n')) if (line !== '') link.deliver(line);
    return 204;
  }
}

/** The body, or null when it is longer than any honest page sends. */
async function readText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
