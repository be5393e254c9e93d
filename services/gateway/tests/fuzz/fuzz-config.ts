import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ConfigDocumentInput } from '../../src/routing/config-document.ts';

/** Everything to one upstream that may fail as often as it likes: an open circuit hides the rest. */
export function routesTo(url: string): ConfigDocumentInput {
  return {
    format: 1,
    upstreams: {
      backend: { targets: [{ url }], breaker: { errorPercent: 100, minRequests: 100_000 } },
    },
    routes: [
      {
        id: 'all',
        pathPrefix: '/',
        upstream: 'backend',
        timeouts: { headMs: 2_000, idleMs: 2_000, totalMs: 10_000 },
      },
    ],
  };
}

/** The document as a file in a folder of its own. */
export class ConfigFolder {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'omni-fuzz-'));

  /** Environment that makes a gateway read it. */
  write(document: ConfigDocumentInput): { CONFIG_FILE: string } {
    const file = path.join(this.#folder, 'routes.json');
    writeFileSync(file, JSON.stringify(document));
    return { CONFIG_FILE: file };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
