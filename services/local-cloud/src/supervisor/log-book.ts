import type { LogLines } from '@omni/contracts/local-cloud.ts';
import { structureOf } from './structured-line.ts';

/** A line as it is kept, with its place among all lines of this run. */
type KeptLine = Omit<LogLines[number], 'severity' | 'payload'>;
export type LogLine = Omit<KeptLine, 'seq'>;

const LINES_PER_REVISION = 1000;
/** A build ends, a revision goes on: whoever follows a build has to see all of it. */
const LINES_PER_BUILD = 10_000;
/** Log lines of a build are kept like a revision's, under a name that begins so. */
const BUILD_PREFIX = 'build-';
/** Longer lines are cut. */
export const MAX_LINE = 8192;

export interface LogQuery {
  readonly service?: string | undefined;
  readonly revision?: string | undefined;
  readonly limit: number;
  /** Only lines behind this `seq`, the oldest of them: whoever follows a log misses none. */
  readonly after?: number | undefined;
}

/** Name under which the lines of a build are kept. */
export function buildLogName(id: string): string {
  return `${BUILD_PREFIX}${id}`;
}

/** The last lines of every revision and build, in memory. */
export class LogBook {
  readonly #rings = new Map<string, KeptLine[]>();
  #seq = 0;

  append(line: LogLine): void {
    const ring = this.#rings.get(line.revision) ?? [];
    this.#rings.set(line.revision, ring);
    this.#seq += 1;
    ring.push({ ...line, line: line.line.slice(0, MAX_LINE), seq: this.#seq });
    const kept = line.revision.startsWith(BUILD_PREFIX) ? LINES_PER_BUILD : LINES_PER_REVISION;
    if (ring.length > kept * 1.2) ring.splice(0, ring.length - kept);
  }

  /** The last lines of a revision as text, for an error message. */
  tail(revision: string, count: number): string[] {
    const ring = this.#rings.get(revision) ?? [];
    return ring
      .filter(({ stream }) => stream !== 'system')
      .slice(-count)
      .map(({ line }) => line);
  }

  /** Newest last, over all revisions that match. */
  query({ service, revision, limit, after }: LogQuery): LogLines {
    const lines = this.#linesOf(revision).filter(
      (line) => service === undefined || line.service === service,
    );
    const wanted =
      after === undefined
        ? lines.slice(-limit)
        : lines.filter(({ seq }) => seq > after).slice(0, limit);
    // Read only when asked for: a busy service writes thousands of lines that nobody looks at.
    return wanted.map((line) => ({ ...line, ...structureOf(line.line) }));
  }

  /** In the order in which they were written. */
  #linesOf(revision: string | undefined): readonly KeptLine[] {
    if (revision !== undefined) return this.#rings.get(revision) ?? [];
    return [...this.#rings.values()].flat().sort((a, b) => a.seq - b.seq);
  }

  /** Nobody asks for the lines of a deleted revision any more. */
  forget(revision: string): void {
    this.#rings.delete(revision);
  }
}
