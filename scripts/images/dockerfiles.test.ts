import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../bootstrap/places.mjs';

const read = (...parts: string[]): string =>
  fs.readFileSync(path.join(projectRoot, ...parts), 'utf8');

/** Instructions with their continuation lines joined, without comments. */
function instructions(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/gu, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** What COPY takes from the build context: all but its options and its target. */
function copiedPaths(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/u).slice(1, -1));
}

/** Is the path, or something in it, let through by a .dockerignore that forbids all and names exceptions? */
function isLetThrough(ignore: string, wanted: string): boolean {
  return ignore
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
    .some((allowed) => `${wanted}/`.startsWith(`${allowed}/`) || allowed.startsWith(`${wanted}/`));
}

describe.each(['gateway', 'backend'])('services/%s/Dockerfile', (service) => {
  const lines = instructions(read('services', service, 'Dockerfile'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const starting = (word: string): string[] => last.filter((line) => line.startsWith(`${word} `));

  it('copies only what is there and what .dockerignore lets through', () => {
    const ignore = read('services', service, 'Dockerfile.dockerignore');
    const copied = copiedPaths(lines);
    expect(copied.length).toBeGreaterThan(8);
    expect(copied.filter((file) => !fs.existsSync(path.join(projectRoot, file)))).toEqual([]);
    expect(copied.filter((file) => !isLetThrough(ignore, file))).toEqual([]);
  });

  it('copies every workspace that the service is made of, and its package.json before npm runs', () => {
    const { dependencies } = JSON.parse(read('services', service, 'package.json')) as {
      dependencies: Record<string, string>;
    };
    const own = Object.keys(dependencies).filter((name) => name.startsWith('@omni/'));
    const copied = copiedPaths(lines);
    for (const name of [...own.map((dependency) => dependency.slice(6)), service]) {
      expect(copied).toContain(`services/${name}`);
      expect(copied).toContain(`services/${name}/package.json`);
    }
  });

  it('starts from node:24-slim alone', () => {
    const bases = lines.flatMap((line) => /^FROM (\S+)/u.exec(line)?.[1] ?? []);
    const stages = lines.flatMap((line) => / AS (\S+)$/u.exec(line)?.[1] ?? []);
    const foreign = bases.filter((base) => !stages.includes(base));
    expect(new Set(foreign)).toEqual(new Set(['node:24-slim', 'scratch']));
  });

  it('runs node itself, as an ordinary user, on 8080', () => {
    expect(starting('USER')).toEqual(['USER 1000:1000']);
    expect(starting('EXPOSE')).toEqual(['EXPOSE 8080']);
    expect(starting('ENTRYPOINT')).toEqual(['ENTRYPOINT ["/usr/local/bin/node"]']);
    expect(starting('CMD')).toEqual(['CMD ["server.mjs"]']);
    expect(starting('STOPSIGNAL')).toEqual(['STOPSIGNAL SIGTERM']);
    expect(lines.filter((line) => line.startsWith('ENV ')).join(' ')).toContain(
      'NODE_ENV=production HOST=0.0.0.0 PORT=8080',
    );
  });

  it('asks for its health without a shell and without curl', () => {
    expect(starting('HEALTHCHECK').join('')).toMatch(
      /CMD \["\/usr\/local\/bin\/node", "-e", "[^"]+"\]$/u,
    );
    expect(last.join('\n')).not.toContain('curl');
  });

  it('says what it is', () => {
    const label = starting('LABEL').join('');
    for (const name of ['title', 'description', 'licenses', 'version', 'revision'])
      expect(label).toContain(`org.opencontainers.image.${name}=`);
  });
});
