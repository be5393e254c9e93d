import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../desktop/shared/contract/errors.ts';

const ROOT = join(import.meta.dirname, '..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every source file below a folder that isn't a test. */
function sources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        /\.(tsx?|mjs)$/.test(name) && !/\.test\.tsx?$|node_modules|testing|test-/.test(name),
    )
    .map((name) => join(folder, name));
}

/** `code: 'X_Y'`, and the first argument of the errors that end a start. */
const CODE = /(?:\bcode: |Start(?:Failure|Error)\(\s*)'([A-Za-z]+(?:_[A-Za-z]+)+)'/g;

/** First column of the tables of docs/errors.md: the codes that are documented. */
function documentedCodes(): ReadonlySet<string> {
  const rows = text('docs/errors.md').matchAll(/^\| `([A-Za-z_]+)` \|/gm);
  return new Set([...rows].map((row) => row[1] ?? ''));
}

describe('docs/errors.md', () => {
  it('explains every code of the contract', () => {
    const documented = documentedCodes();
    expect(ERROR_CODES.filter((code) => !documented.has(code))).toEqual([]);
  });

  it('has the same contract codes as the page that words them', () => {
    const worded = text('desktop/renderer/api/error-message.ts');
    expect(ERROR_CODES.filter((code) => !worded.includes(code))).toEqual([]);
  });

  it('explains every code that a service answers or a program fails to start with', () => {
    const documented = documentedCodes();
    const used = new Set<string>();
    for (const file of [
      ...sources('services'),
      ...sources('scripts'),
      ...sources('desktop/main'),
    ]) {
      for (const match of text(file).matchAll(CODE)) {
        used.add(match[1] ?? '');
      }
    }
    // Codes that others define (gRPC, Cloud Run, Node) are not ours to explain.
    expect([...used].filter((code) => !documented.has(code)).sort()).toEqual([]);
  });

  it('explains no code that nothing uses', () => {
    const everything = [...sources('services'), ...sources('scripts'), ...sources('desktop')]
      .map(text)
      .join('\n');
    const unused = [...documentedCodes()].filter((code) => !everything.includes(code));
    expect(unused).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('names only files and folders that exist', () => {
    const names = [...text('docs/architecture.md').matchAll(/`([a-z][\w./-]*\/[\w./-]*)`/g)];
    const missing = names
      .map((match) => match[1] ?? '')
      .filter((name) => !existsSync(join(ROOT, name)));
    expect(missing).toEqual([]);
  });
});

describe('rooms', () => {
  const rooms = ['desktop', 'desktop/main', 'desktop/renderer', 'services', 'services/gateway'];
  rooms.push('services/backend', 'services/local-cloud', 'services/kit', 'services/contracts');
  rooms.push('scripts', 'bench', 'e2e');

  it.each(rooms)('%s has a README that names its folders', (room) => {
    const readme = text(join(room, 'README.md'));
    const holder = room.startsWith('services/') ? join(room, 'src') : room;
    const base = existsSync(join(ROOT, holder)) ? holder : room;
    const folders = readdirSync(join(ROOT, base))
      .filter((name) => statSync(join(ROOT, base, name)).isDirectory())
      .filter((name) => !['node_modules', 'models', 'results', 'dist'].includes(name));
    expect(folders.filter((name) => !readme.includes(`${name}/`))).toEqual([]);
  });
});
