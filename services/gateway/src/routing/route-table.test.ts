import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDocument } from './check-document.ts';
import type { ConfigDocumentInput } from './config-document.ts';
import type { RouteTable } from './route-table.ts';
import { compileSnapshot } from './snapshot.ts';
import { documentOf, testFactories } from './test-routing.ts';

type RouteInput = Partial<ConfigDocumentInput['routes'][number]> & { pathPrefix: string };

function tableOf(routes: readonly RouteInput[]): RouteTable {
  const checked = checkDocument(
    documentOf(
      routes.map((route, index) => ({ id: route.id ?? `r${index}`, upstream: 'a', ...route })),
    ),
  );
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const version = { version: 1, document: checked.document };
  return compileSnapshot(version, undefined, testFactories()).table;
}

function idOf(table: RouteTable, path: string, { host = 'h', method = 'GET' } = {}): string {
  const decision = table.find(host, method, path);
  if (decision.kind === 'route') return decision.route.id;
  return decision.kind === 'method' ? `405 ${decision.allow}` : '404';
}

describe('the route of a path', () => {
  const table = tableOf([
    { id: 'api', pathPrefix: '/api' },
    { id: 'v1', pathPrefix: '/api/v1' },
    { id: 'apple', pathPrefix: '/apple' },
    { id: 'deep', pathPrefix: '/api/v1/models/list' },
  ]);

  it.each([
    ['/api', 'api'],
    ['/api/', 'api'],
    ['/api/x', 'api'],
    ['/apix', '404'],
    ['/apple/pie', 'apple'],
    ['/api/v1', 'v1'],
    ['/api/v10', 'api'],
    ['/api/v1/models', 'v1'],
    ['/api/v1/models/list', 'deep'],
    ['/api/v1/models/listing', 'v1'],
    ['/', '404'],
    ['/API', '404'],
  ])('%s -> %s', (path, id) => {
    expect(idOf(table, path)).toBe(id);
  });

  it.each(['/%61pi/v1', '//api/v1', '/api//v1/x', '/ap%69/%76%31'])(
    'is that of the path which %s stands for',
    (path) => {
      expect(idOf(table, path)).toBe('v1');
    },
  );

  it('prefers routes of the host, whatever its case and port', () => {
    const hosts = tableOf([
      { id: 'any', pathPrefix: '/' },
      { id: 'own', pathPrefix: '/x', host: 'a.example.com' },
    ]);
    expect(idOf(hosts, '/x', { host: 'A.example.COM:8080' })).toBe('own');
    expect(idOf(hosts, '/x', { host: 'a.example.com.' })).toBe('own');
    expect(idOf(hosts, '/y', { host: 'a.example.com' })).toBe('any');
    expect(idOf(hosts, '/x', { host: 'b.example.com' })).toBe('any');
    expect(idOf(hosts, '/x', { host: '[::1]:80' })).toBe('any');
  });

  it('answers 405 for a method that the path lacks, and not by a shorter prefix', () => {
    const methods = tableOf([
      { id: 'all', pathPrefix: '/' },
      { id: 'read', pathPrefix: '/doc', methods: ['GET', 'HEAD'] },
      { id: 'write', pathPrefix: '/doc', methods: ['PUT'] },
    ]);
    expect(idOf(methods, '/doc/1')).toBe('read');
    expect(idOf(methods, '/doc/1', { method: 'PUT' })).toBe('write');
    expect(idOf(methods, '/doc/1', { method: 'DELETE' })).toBe('405 GET, HEAD, PUT');
    expect(idOf(methods, '/', { method: 'DELETE' })).toBe('all');
  });

  it('is the longest prefix of whole segments, as a naive search finds it', () => {
    const segment = fc.constantFrom('a', 'b', 'ab', 'abc', 'ba');
    const prefix = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    const prefixes = fc.uniqueArray(prefix, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(prefixes, fc.array(segment, { maxLength: 6 }), (all, parts) => {
        const path = `/${parts.join('/')}`;
        const naive = all
          .filter((each) => each === '/' || path === each || path.startsWith(`${each}/`))
          .sort((one, other) => other.length - one.length)[0];
        const expected = naive === undefined ? '404' : `r${all.indexOf(naive)}`;
        expect(idOf(tableOf(all.map((pathPrefix) => ({ pathPrefix }))), path)).toBe(expected);
      }),
    );
  });
});

describe('what is sent on', () => {
  const rewrite = (route: RouteInput, target: string): string => {
    const decision = tableOf([route]).find('h', 'GET', target.split('?')[0] ?? '');
    if (decision.kind !== 'route') throw new Error('no route');
    return decision.route.rewrite(target);
  };

  it.each([
    [{ pathPrefix: '/' }, '/a//b?q=%61', '/a//b?q=%61'],
    [{ pathPrefix: '/' }, '/%7Euser/%2A', '/~user/%2A'],
    [{ pathPrefix: '/api', stripPrefix: true }, '/api/x?y=1', '/x?y=1'],
    [{ pathPrefix: '/api', stripPrefix: true }, '/api', '/'],
    [{ pathPrefix: '/api', stripPrefix: true }, '/api?y', '/?y'],
    [{ pathPrefix: '/api', stripPrefix: true }, '/api//evil.example/x', '/evil.example/x'],
    [{ pathPrefix: '/api', stripPrefix: true }, '//api//evil.example', '/evil.example'],
    [{ pathPrefix: '/api', stripPrefix: true }, '/%61pi/x', '/x'],
    [{ pathPrefix: '/api', stripPrefix: true, addPrefix: '/v2' }, '/api', '/v2'],
    [{ pathPrefix: '/api', stripPrefix: true, addPrefix: '/v2' }, '/api/x?a', '/v2/x?a'],
    [{ pathPrefix: '/api', addPrefix: '/v2' }, '/api/x', '/v2/api/x'],
  ])('%o: %s -> %s', (route, target, expected) => {
    expect(rewrite(route, target)).toBe(expected);
  });

  it('always starts with one slash when the prefix was taken off', () => {
    const text = fc.array(fc.constantFrom('/', 'a', '%61', '.x', '@', ':80'), { maxLength: 8 });
    fc.assert(
      fc.property(text, (parts) => {
        const sent = rewrite({ pathPrefix: '/p', stripPrefix: true }, `/p/${parts.join('')}`);
        expect(sent).toMatch(/^\/(?!\/)/);
      }),
    );
  });
});
