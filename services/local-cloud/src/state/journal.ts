import { crc32 } from 'node:zlib';

/** One change of one row: the whole new value, or null when the row is gone. */
export interface JournalRecord {
  readonly table: string;
  readonly id: string;
  readonly value: unknown;
}

/** A line is `crc json`; the sum tells a torn or bent line from a good one. */
export function encodeRecord(record: JournalRecord): string {
  const json = JSON.stringify(record);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/** Records that count together or not at all stand in one line, under one sum. */
const BATCH = '*';

export function toBatch(records: readonly JournalRecord[]): JournalRecord {
  return { table: BATCH, id: '', value: records };
}

/** The records of a batch; any other record is its own. */
export function fromBatch(record: JournalRecord): readonly JournalRecord[] {
  if (record.table !== BATCH || !Array.isArray(record.value)) return [record];
  return record.value.filter(isRecord);
}

export interface DecodedJournal {
  readonly records: readonly JournalRecord[];
  /** Length in bytes of the good part; shorter than the file when its tail is corrupt. */
  readonly goodBytes: number;
}

/** Reads records up to the first bad one. */
export function decodeJournal(content: Buffer): DecodedJournal {
  const records: JournalRecord[] = [];
  let offset = 0;
  for (;;) {
    const end = content.indexOf(10, offset);
    if (end === -1) break;
    const record = decodeLine(content.toString('utf8', offset, end));
    if (record === null) break;
    records.push(record);
    offset = end + 1;
  }
  return { records, goodBytes: offset };
}

function decodeLine(line: string): JournalRecord | null {
  const json = line.slice(9);
  if (line[8] !== ' ' || crc32(json) !== Number.parseInt(line.slice(0, 8), 16)) return null;
  const record: unknown = JSON.parse(json);
  return isRecord(record) ? record : null;
}

function isRecord(value: unknown): value is JournalRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'table' in value &&
    typeof value.table === 'string' &&
    'id' in value &&
    typeof value.id === 'string'
  );
}
