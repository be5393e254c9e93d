import type { LogEntry } from '../cloud-run/cloud-logs.ts';
import { lineOf, listEntries } from '../cloud-run/cloud-logs.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';

export interface FollowedBuild {
  readonly project: string;
  readonly id: string;
  readonly onLine: (line: string) => void;
}

const PAGE = 1_000;
/** So many at one look; the next look goes on behind them. */
const PAGES_PER_LOOK = 20;
/** Cloud Logging takes entries in a little late: so much of what was read is looked at again. */
const OVERLAP_MS = 5_000;

/** Cloud Logging's lines of a build, followed: each is passed on once, however many there are. */
export class GoogleBuildLog {
  readonly #http: GoogleHttp;
  readonly #build: FollowedBuild;
  /** Time of the newest entry that was read. */
  #newest = Number.NEGATIVE_INFINITY;
  /** Entries that the next look sees again, with their time. */
  readonly #again = new Map<string, number>();
  #passedOn = 0;

  constructor(http: GoogleHttp, build: FollowedBuild) {
    this.#http = http;
    this.#build = build;
  }

  /** Passes on what is new; gives how many lines there were so far. */
  async look(): Promise<number> {
    const filter = this.#filter();
    let pageToken = '';
    for (let page = 0; page < PAGES_PER_LOOK; page += 1) {
      const query = { filter, orderBy: 'timestamp asc', pageSize: PAGE, pageToken };
      const found = await listEntries(this.#http, this.#build.project, query);
      for (const entry of found.entries) this.#take(entry);
      pageToken = found.nextPageToken;
      if (pageToken === '') break;
    }
    this.#forget();
    return this.#passedOn;
  }

  #filter(): string {
    const build = `resource.type="build" AND resource.labels.build_id="${this.#build.id}"`;
    if (!Number.isFinite(this.#newest)) return build;
    const since = new Date(this.#newest - OVERLAP_MS).toISOString();
    return `${build} AND timestamp>="${since}"`;
  }

  #take(entry: LogEntry): void {
    const at = Date.parse(entry.timestamp);
    const line = lineOf(entry);
    const key = entry.insertId ?? `${entry.timestamp} ${line}`;
    if (this.#again.has(key)) return;
    this.#again.set(key, at);
    this.#newest = Math.max(this.#newest, at);
    this.#passedOn += 1;
    this.#build.onLine(line);
  }

  #forget(): void {
    for (const [key, at] of this.#again) {
      if (at < this.#newest - OVERLAP_MS) this.#again.delete(key);
    }
  }
}
