import type { LogLines } from '@omni/contracts/local-cloud.ts';

export type LogLine = LogLines[number];

const LINES_PER_REVISION = 1000;
/** Longer lines are cut. */
export const MAX_LINE = 8192;

export interface LogQuery {
  readonly service?: string | undefined;
  readonly revision?: string | undefined;
  readonly limit: number;
}

/** The last lines of every revision, in memory. */
export class LogBook {
  readonly #rings = new Map<string, LogLine[]>();

  append(line: LogLine): void {
    const ring = this.#rings.get(line.revision) ?? [];
    this.#rings.set(line.revision, ring);
    ring.push(line.line.length > MAX_LINE ? { ...line, line: line.line.slice(0, MAX_LINE) } : line);
    if (ring.length > LINES_PER_REVISION * 1.2) ring.splice(0, ring.length - LINES_PER_REVISION);
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
  query({ service, revision, limit }: LogQuery): LogLine[] {
    const lines = [...this.#rings.values()]
      .flat()
      .filter((line) => service === undefined || line.service === service)
      .filter((line) => revision === undefined || line.revision === revision);
    return lines.sort((a, b) => a.at.localeCompare(b.at)).slice(-limit);
  }

  /** Nobody asks for the lines of a deleted revision any more. */
  forget(revision: string): void {
    this.#rings.delete(revision);
  }
}
