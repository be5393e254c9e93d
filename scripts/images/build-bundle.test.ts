import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../bootstrap/places.mjs';
import { buildBundle } from './build-bundle.ts';

let out = '';
beforeEach(() => {
  out = fs.mkdtempSync(path.join(tmpdir(), 'bundle-'));
});
afterEach(() => fs.rmSync(out, { recursive: true, force: true }));

const service = (name: string): string => path.join(projectRoot, 'services', name);

/** The files that a start loads: what `server.mjs` imports, and what that imports. */
function loadedAtStart(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = fs.readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/^import\s*(?:[^'"]*?from\s*)?["'](\.[^"']+)["']/gmu))
    loadedAtStart(path.resolve(path.dirname(file), name), found);
  return found;
}

describe('the bundle', { timeout: 60_000 }, () => {
  it('of the gateway starts from one file; what is optional lies beside it', async () => {
    await buildBundle({ folder: service('gateway'), out });
    const start = [...loadedAtStart(path.join(out, 'server.mjs'))].map((file) =>
      path.basename(file).replace(/-[\w-]{8}\.mjs$/u, ''),
    );
    expect(start.sort()).toEqual(['rolldown-runtime', 'server.mjs', 'start']);
    const lazy = fs.readdirSync(path.join(out, 'chunks')).join(' ');
    for (const name of ['admin-api', 'sentry-reporter', 'open-otlp-tracer'])
      expect(lazy).toContain(name);
  });

  it('of the backend holds the native files of the platform that was asked for alone', async () => {
    await buildBundle({ folder: service('backend'), out, platform: 'linux/arm64' });
    const machines = path.join(out, 'node_modules/onnxruntime-node/bin/napi-v6');
    expect(fs.readdirSync(machines)).toEqual(['linux']);
    expect(fs.readdirSync(path.join(machines, 'linux'))).toEqual(['arm64']);
    expect(fs.existsSync(path.join(out, 'models/all-minilm-l6-v2/1/model.onnx'))).toBe(true);
  });

  it('names the platforms that there are, and what a bundler could not do', async () => {
    const order = { folder: service('backend'), out };
    await expect(buildBundle({ ...order, platform: 'plan9' })).rejects.toMatchObject({
      code: 'ARGUMENTS_INVALID',
    });
    const nothing = buildBundle({ folder: path.join(out, 'nothing'), out });
    await expect(nothing).rejects.toMatchObject({ code: 'BUNDLE_FAILED' });
  });
});
