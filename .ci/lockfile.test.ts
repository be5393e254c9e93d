import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const lockfiles = ['package-lock.json', 'scripts/electron-fallback/package-lock.json'];
const shape = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), resolved: z.string().optional() }),
  ),
});

const read = (file: string): string => readFileSync(file, 'utf8');
const packagesOf = (file: string) => shape.parse(JSON.parse(read(file))).packages;
const packages = packagesOf('package-lock.json');

/** Version of every installed copy of a package, wherever npm put it. */
function versionsOf(name: string): string[] {
  return Object.entries(packages)
    .filter(([place]) => place.endsWith(`node_modules/${name}`))
    .map(([, entry]) => entry.version ?? '');
}

describe('the lockfile', () => {
  it('W11: has one undici, of major 7', () => {
    expect(versionsOf('undici')).toHaveLength(1);
    expect(versionsOf('undici')[0]).toMatch(/^7\./u);
  });

  it.each(lockfiles)('%s names no host, so that it works with every registry', (file) => {
    const places = Object.values(packagesOf(file)).map(({ resolved }) => resolved ?? '');
    expect(places.filter((place) => place.includes(':'))).toEqual([]);
  });
});

describe('the contract library', () => {
  it('H8: is asked for by exact and equal versions', () => {
    const manifest = z.object({ devDependencies: z.record(z.string(), z.string()) });
    const asked = Object.entries(manifest.parse(JSON.parse(read('package.json'))).devDependencies);
    const versions = asked.filter(([name]) => name.startsWith('@orpc/')).map(([, range]) => range);
    expect(versions.length).toBeGreaterThan(3);
    expect(new Set(versions).size).toBe(1);
    expect(versions[0]).toMatch(/^\d+\.\d+\.\d+$/u);
  });

  it('H8: is installed once per package', () => {
    for (const name of ['client', 'contract', 'server', 'shared']) {
      expect(versionsOf(`@orpc/${name}`), name).toHaveLength(1);
    }
  });
});

describe('the runtime', () => {
  it('H7: is Node 24', () => {
    expect(process.version).toMatch(/^v24\./u);
  });
});
