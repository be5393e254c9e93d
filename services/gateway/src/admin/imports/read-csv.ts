import { ImportFormatError, toImportItem } from './imported-key.ts';
import type { ImportItem } from './imported-key.ts';

/** Columns by their names in the first line; others are ignored. One of `key` and `sha256` is needed. */
const COLUMNS = [
  'key',
  'sha256',
  'name',
  'expires_at',
  'rate_limit_per_minute',
  'identity',
  'tags',
];

/** RFC 4180: quoted fields may hold commas, quotes and newlines. Tags are separated by `;`. */
export function readCsvKeys(text: string): ImportItem[] {
  const [header, ...lines] = parseCsv(text.replace(/^\uFEFF/, ''));
  const names = (header ?? []).map((name) => name.trim().toLowerCase());
  if (!names.includes('key') && !names.includes('sha256')) {
    throw new ImportFormatError(`The first line must name columns: ${COLUMNS.join(', ')}`);
  }
  return lines
    .map((line, index) => ({ line, position: index + 2 }))
    .filter(({ line }) => line.some((field) => field.trim() !== ''))
    .map(({ line, position }) => {
      const field = (name: string): string => (line[names.indexOf(name)] ?? '').trim();
      const limit = field('rate_limit_per_minute');
      const end = field('expires_at');
      return toImportItem(position, {
        name: field('name'),
        plain: field('key'),
        sha256: field('sha256'),
        expiresAt: end === '' ? null : new Date(end),
        rateLimitPerMinute: limit === '' ? null : Number(limit),
        identity: field('identity'),
        tags: field('tags').split(';'),
      });
    });
}

/** Fields by line. A quote inside a quoted field is written twice. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const fields = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (fields.lastIndex < text.length) {
    const match = fields.exec(text);
    if (match === null) throw new ImportFormatError(`Line ${lines.length + 1} is not CSV`);
    const [, quoted, plain = '', end] = match;
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',' && fields.lastIndex < text.length) continue;
    if (end === ',') line.push('');
    lines.push(line);
    line = [];
  }
  return lines;
}
