import fs from 'node:fs';
import path from 'node:path';
import type {
  ImageRecord,
  OperationRecord,
  PolicyRecord,
  RevisionRecord,
  ServiceRecord,
} from '../model/resources.ts';
import { StartFailure, codeOf, messageOf } from '../start-failure.ts';
import type { BuildRecord } from '../build/build-record.ts';
import { JournalFile } from './journal-file.ts';
import { fromBatch, toBatch } from './journal.ts';
import type { JournalRecord } from './journal.ts';

/** A process that a run of local-cloud started; kept so that a later run can clean up. */
interface ProcessRecord {
  readonly startTime: string;
}

interface Tables {
  services: ServiceRecord;
  revisions: RevisionRecord;
  operations: OperationRecord;
  policies: PolicyRecord;
  images: ImageRecord;
  builds: BuildRecord;
  processes: ProcessRecord;
}

export type TableName = keyof Tables;

interface Change {
  readonly record: JournalRecord;
  /** The row as it was, null when there was none. */
  readonly before: unknown;
}

const COMPACT_ABOVE_BYTES = 4 * 1024 * 1024;
const NAMES = [
  'services',
  'revisions',
  'operations',
  'policies',
  'images',
  'builds',
  'processes',
] as const satisfies readonly TableName[];

/** Everything that must survive: tables in memory, every change in the journal. */
export class StateStore {
  readonly #journal: JournalFile;
  readonly #tables: { [name in TableName]: Map<string, Tables[name]> };
  #compacting: Promise<void> | null = null;
  /** Changes of the batch that is being made, or null outside of one. */
  #batch: Change[] | null = null;

  private constructor(journal: JournalFile, records: readonly JournalRecord[]) {
    this.#journal = journal;
    this.#tables = {
      services: new Map(),
      revisions: new Map(),
      operations: new Map(),
      policies: new Map(),
      images: new Map(),
      builds: new Map(),
      processes: new Map(),
    };
    for (const record of records.flatMap(fromBatch)) this.#apply(record);
  }

  /** Opens `STATE/cloud`; `keptCopy` names the copy of a journal whose tail was corrupt. */
  static open(stateDir: string): { store: StateStore; keptCopy: string | null } {
    const dir = path.join(stateDir, 'cloud');
    try {
      fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
      const { journal, records, keptCopy } = JournalFile.open(dir);
      return { store: new StateStore(journal, records), keptCopy };
    } catch (error) {
      throw stateUnusable(stateDir, error);
    }
  }

  get<N extends TableName>(table: N, id: string): Tables[N] | undefined {
    return this.#tables[table].get(id);
  }

  list<N extends TableName>(table: N): Tables[N][] {
    return [...this.#tables[table].values()];
  }

  ids(table: TableName): string[] {
    return [...this.#tables[table].keys()];
  }

  put<N extends TableName>(table: N, id: string, value: Tables[N]): void {
    this.#change({ table, id, value });
  }

  remove(table: TableName, id: string): void {
    if (this.#tables[table].has(id)) this.#change({ table, id, value: null });
  }

  /**
   * Everything that `make` writes is one record of the journal: whatever ends this process, the next
   * one finds all of it or nothing.
   */
  atomically<T>(make: () => T): T {
    if (this.#batch !== null) return make();
    const batch: Change[] = [];
    this.#batch = batch;
    try {
      const result = make();
      if (batch.length > 0) this.#journal.append(toBatch(batch.map(({ record }) => record)));
      return result;
    } catch (error) {
      for (const { record, before } of batch.reverse()) this.#apply({ ...record, value: before });
      throw error;
    } finally {
      this.#batch = null;
      this.#compactWhenLong();
    }
  }

  #change(record: JournalRecord & { readonly table: TableName }): void {
    const before = this.#tables[record.table].get(record.id) ?? null;
    if (this.#batch === null) this.#journal.append(record);
    else this.#batch.push({ record, before });
    this.#apply(record);
    this.#compactWhenLong();
  }

  /** Resolves when everything written so far is on the disk. */
  flush(): Promise<void> {
    return this.#journal.flush();
  }

  compact(): Promise<void> {
    this.#compacting ??= this.#journal.rewrite(this.#rows()).finally(() => {
      this.#compacting = null;
    });
    return this.#compacting;
  }

  async close(): Promise<void> {
    await this.#compacting;
    await this.#journal.close();
  }

  #compactWhenLong(): void {
    if (this.#batch !== null || this.#compacting !== null) return;
    if (this.#journal.bytes < COMPACT_ABOVE_BYTES) return;
    // A failing compaction loses nothing: the long journal stays in use and the next write retries.
    this.compact().catch(() => undefined);
  }

  *#rows(): Iterable<JournalRecord> {
    for (const table of NAMES)
      for (const [id, value] of this.#tables[table]) yield { table, id, value };
  }

  #apply({ table, id, value }: JournalRecord): void {
    const rows = (this.#tables as Record<string, Map<string, unknown> | undefined>)[table];
    if (value === null) rows?.delete(id);
    else rows?.set(id, value);
  }
}

/** The one failure for a state folder that can't be read or written. */
export function stateUnusable(stateDir: string, error: unknown): StartFailure {
  return new StartFailure(
    'STATE_UNUSABLE',
    `The state folder ${stateDir} can't be used: ${codeOf(error)} ${messageOf(error)}`,
    'Make the folder readable and writable for this user, or pass another one with --state.',
  );
}
