import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../bootstrap/places.mjs';
import { addBuildContext, dockerfileOfBundle, emptyBundleFolder } from './bundle-context.ts';

const dockerfile = (service: string): string =>
  fs.readFileSync(path.join(projectRoot, 'services', service, 'Dockerfile'), 'utf8');

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'bundle-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe.each(['gateway', 'backend'])('the Dockerfile of a bundle of %s', (service) => {
  it('takes what lies in its folder and nothing of the repository', () => {
    const copies = dockerfileOfBundle(dockerfile(service)).match(/^COPY (?!--from).*$/gmu);
    expect(copies).toEqual(['COPY . /bundle/']);
  });

  it('ends as the one for the repository does', () => {
    const end = (text: string): string => text.slice(text.indexOf('FROM node:24-slim AS runtime'));
    expect(end(dockerfileOfBundle(dockerfile(service)))).toBe(end(dockerfile(service)));
    expect(end(dockerfile(service))).toContain('FROM app');
  });
});

describe('dockerfileOfBundle', () => {
  it('refuses a Dockerfile whose first stage it does not know', () => {
    expect(() => dockerfileOfBundle('FROM node:24-slim\n')).toThrow('no stage "bundle"');
  });
});

describe('addBuildContext', () => {
  it('adds what Docker and gcloud need, and keeps it out of the image', () => {
    addBuildContext(path.join(projectRoot, 'services/gateway'), folder);
    const added = ['.dockerignore', '.gcloudignore', 'Dockerfile', 'warm-up.mjs'];
    expect(fs.readdirSync(folder).sort()).toEqual(added);
    const ignored = fs.readFileSync(path.join(folder, '.dockerignore'), 'utf8');
    expect(ignored).toBe('Dockerfile\n.dockerignore\n.gcloudignore\n');
  });

  it('leaves a bundle of something without an image alone', () => {
    addBuildContext(path.join(projectRoot, 'services/local-cloud'), folder);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe('emptyBundleFolder', () => {
  it('removes an earlier bundle', () => {
    fs.writeFileSync(path.join(folder, 'server.mjs'), '');
    fs.mkdirSync(path.join(folder, 'chunks'));
    emptyBundleFolder(folder);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('makes a folder that is not there', () => {
    emptyBundleFolder(path.join(folder, 'a/b'));
    expect(fs.existsSync(path.join(folder, 'a/b'))).toBe(true);
  });

  it('touches nothing else', () => {
    fs.writeFileSync(path.join(folder, 'letters.txt'), 'mine');
    expect(() => emptyBundleFolder(folder)).toThrow('something else than a bundle');
    expect(fs.readFileSync(path.join(folder, 'letters.txt'), 'utf8')).toBe('mine');
  });
});
