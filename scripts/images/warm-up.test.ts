import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const SERVER = `
import http from 'node:http';
const server = http.createServer((_request, response) => response.end('well'));
server.listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => process.exit(STATUS));
`;

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'warm-up-'));
  fs.copyFileSync(path.join(import.meta.dirname, 'warm-up.mjs'), path.join(folder, 'warm-up.mjs'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const warmUp = (): Promise<{ stdout: string }> =>
  run(process.execPath, ['warm-up.mjs', path.join(folder, 'cache'), '/health'], { cwd: folder });

describe('warm-up.mjs', () => {
  it('leaves a compile cache that everybody may read', async () => {
    fs.writeFileSync(path.join(folder, 'server.mjs'), SERVER.replace('STATUS', '0'));
    expect((await warmUp()).stdout).toContain('stopped, exit 0');
    const cache = path.join(folder, 'cache');
    const files = fs
      .readdirSync(cache, { recursive: true, encoding: 'utf8' })
      .map((name) => fs.statSync(path.join(cache, name)))
      .filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    expect(files.map((file) => file.mode & 0o777)).toEqual(files.map(() => 0o644));
  });

  it('fails when the service does not stop well', async () => {
    fs.writeFileSync(path.join(folder, 'server.mjs'), SERVER.replace('STATUS', '3'));
    await expect(warmUp()).rejects.toMatchObject({ code: 3 });
  });

  it('fails when the service does not start', async () => {
    fs.writeFileSync(path.join(folder, 'server.mjs'), "throw new Error('no model');\n");
    await expect(warmUp()).rejects.toMatchObject({ code: 1 });
  });
});
