import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const GATEWAY = path.join(import.meta.dirname, '..');
const README = readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8');

interface Row {
  id: string;
  file: string;
  title: string;
}

const ROWS: readonly Row[] = [
  ...README.matchAll(/^\| (\S+) +\| .+? +\| ((?:tests|src)\/\S+) +\| (.+?) +\|$/gm),
].map(([, id = '', file = '', title = '']) => ({ id, file, title }));

const numbers = (prefix: string, last: number): string[] =>
  Array.from({ length: last }, (_, at) => `${prefix}${at + 1}`);

/** Every trap of the specification that is the gateway's own. */
const WANTED = [
  ...'abcdefghi'.split('').map((letter) => `2.1${letter}`),
  ...['undici-reuse', 'undici-timeouts', 'node-http', '2.2', '2.3', '2.4', '2.5', '2.6', '2.7'],
  ...numbers('GS', 19).filter((id) => id !== 'GS18'),
  ...['CVE-2021-21321', 'CVE-2021-21322', 'CVE-2026-107318', 'CVE-2026-16732', 'CVE-2026-16158'],
  ...['CVE-2026-87018', 'CVE-2026-3419', 'CVE-2026-25223', 'CVE-2026-42208'],
];

describe('the table of traps', () => {
  it.each(WANTED)('names a test for %s', (id) => {
    expect(ROWS.filter((row) => row.id === id)).not.toEqual([]);
  });

  it.each(ROWS)('$id: $file has "$title"', ({ file, title }) => {
    const full = path.join(GATEWAY, file);
    expect(existsSync(full)).toBe(true);
    // A quote in a title is written with a backslash in some sources.
    expect(readFileSync(full, 'utf8').replaceAll("\\'", "'")).toContain(title);
  });
});
