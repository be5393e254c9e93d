import { Agent, request } from 'undici';
import type { z } from 'zod';
import { localDifferences, logLines, scrapeTargets } from '@omni/contracts/local-cloud.ts';
import type { PlatformDifference } from '../../../shared/domain/platform-difference.ts';
import type { PlatformLogLine } from '../../ports/deployment-provider.ts';
import type { ScrapeTarget, ScrapeTargets } from '../../ports/scrape-targets.ts';
import { httpReason } from '../http/http-reason.ts';
import type { LocalConnection } from './local-connection.ts';
import { unreachable } from './local-connection.ts';

const TIMEOUT_MS = 800;
const LOG_PAGE = 1_000;

/** The local cloud's side door over HTTP: which instances run, what they log, what differs. */
export class LocalCloudHttp implements ScrapeTargets {
  readonly #connection: LocalConnection;
  readonly #agent = new Agent({ connections: 2 });

  constructor(connection: LocalConnection) {
    this.#connection = connection;
  }

  async list(): Promise<readonly ScrapeTarget[]> {
    const found = await this.#get('/v1/targets', scrapeTargets);
    return found.flatMap(({ targets, labels: { service, revision, instance } }) =>
      targets.map((address) => ({ url: `http://${address}/metrics`, service, revision, instance })),
    );
  }

  /** Newest last. A build's lines are kept like those of a revision `build-ID`. */
  async readLogs(
    service: string,
    revision: string,
    limit: number,
  ): Promise<readonly PlatformLogLine[]> {
    const query = new URLSearchParams({ service, revision, limit: String(limit) });
    const found = await this.#get(`/v1/logs?${query.toString()}`, logLines);
    return found.map((entry) => ({
      at: Date.parse(entry.at),
      revision: entry.revision,
      line: entry.line,
    }));
  }

  /** Where it is not Cloud Run, as it says itself. */
  differences(): Promise<readonly PlatformDifference[]> {
    return this.#get('/v1/differences', localDifferences);
  }

  /**
   * Follows a log from the first line that is kept: each call of what this gives passes the new lines
   * on, page by page and none twice, and says how many there were so far.
   */
  followLog(
    service: string,
    revision: string,
    onLine: (line: string) => void,
  ): () => Promise<number> {
    let after = 0;
    let passedOn = 0;
    return async () => {
      for (;;) {
        const places = { service, revision, limit: String(LOG_PAGE), after: String(after) };
        const path = `/v1/logs?${new URLSearchParams(places).toString()}`;
        const page = await this.#get(path, logLines);
        for (const { line, seq } of page) {
          onLine(line);
          after = seq;
          passedOn += 1;
        }
        if (page.length < LOG_PAGE) return passedOn;
      }
    };
  }

  /** Resolves when the local cloud answers at all; throws TARGET_UNREACHABLE. */
  async ping(): Promise<void> {
    await this.#fetch('/healthz');
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return shape.parse(await this.#fetch(path));
  }

  async #fetch(path: string): Promise<unknown> {
    const { httpPort, token } = await this.#connection.get();
    try {
      const answer = await request(`http://127.0.0.1:${String(httpPort)}${path}`, {
        dispatcher: this.#agent,
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = await answer.body.json();
      if (answer.statusCode === 200) return body;
      throw new Error(`it answered ${String(answer.statusCode)}`);
    } catch (error) {
      throw unreachable(`The local cloud doesn’t answer: ${httpReason(error, TIMEOUT_MS)}.`, error);
    }
  }
}
