import { describe, expect, it } from 'vitest';
import { checkDocument } from './check-document.ts';
import { configDocumentSchema } from './config-document.ts';
import { deriveDocument } from './derive-document.ts';
import { documentOf } from './test-routing.ts';

const route = { id: 'r', pathPrefix: '/x', upstream: 'a' };

/** Fields that a document is refused for. */
function fieldsOf(input: unknown): string[] {
  const checked = checkDocument(input);
  return checked.ok ? [] : checked.problems.map(({ field }) => field);
}

const withTarget = (url: string): unknown => documentOf([route], { a: { targets: [{ url }] } });

describe('a configuration document', () => {
  it('gets every default', () => {
    const checked = checkDocument(documentOf([route]));
    expect(checked).toMatchObject({
      ok: true,
      document: {
        upstreams: { a: { maxConnections: 128, breaker: { minRequests: 20, openMs: 5_000 } } },
        routes: [{ timeouts: { headMs: 60_000 }, retry: 'safe', auth: 'required' }],
      },
    });
  });

  it('is also what the environment is turned into', () => {
    const derived = deriveDocument({
      upstreamUrl: 'https://backend.example.com/base',
      upstreamTimeoutMs: 1_000,
      bodyLimitBytes: 5,
      upstreamAuth: 'none',
      labels: ['/api/health'],
    });
    expect(configDocumentSchema.safeParse(derived).error).toBeUndefined();
    expect(fieldsOf(derived)).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['no object', 'x', ['(document)']],
    ['an unknown format', { ...documentOf([route]), format: 2 }, ['format']],
    ['a misspelt field', documentOf([{ ...route, bodyLimt: 1 } as typeof route]), ['routes[0]']],
    ['no routes', documentOf([]), ['routes']],
    ['an unknown upstream', documentOf([{ ...route, upstream: 'b' }]), ['routes[0].upstream']],
    ['an id twice', documentOf([route, { ...route, pathPrefix: '/y' }]), ['routes[1].id']],
    ['a route twice', documentOf([route, { ...route, id: 's' }]), ['routes[1].pathPrefix']],
    ['an own path', documentOf([{ ...route, pathPrefix: '/metrics' }]), ['routes[0].pathPrefix']],
    [
      'a prefix with a dot segment',
      documentOf([{ ...route, pathPrefix: '/a/..' }]),
      ['routes[0].pathPrefix'],
    ],
    [
      'a prefix with a slash at its end',
      documentOf([{ ...route, pathPrefix: '/a/' }]),
      ['routes[0].pathPrefix'],
    ],
    ['an escaped prefix', documentOf([{ ...route, pathPrefix: '/%61' }]), ['routes[0].pathPrefix']],
    ['a target with a password', withTarget('http://u:p@a.test'), ['upstreams.a.targets[0].url']],
    ['a metadata service', withTarget('http://169.254.169.254/'), ['upstreams.a.targets[0].url']],
    ['another protocol', withTarget('ftp://a.test'), ['upstreams.a.targets[0].url']],
    [
      'no weight',
      documentOf([route], { a: { targets: [{ url: 'http://a.test', weight: 0 }] } }),
      ['upstreams.a.targets'],
    ],
    [
      'a breaker that shortens',
      documentOf([route], {
        a: { targets: [{ url: 'http://a.test' }], breaker: { openMs: 5_000, maxOpenMs: 100 } },
      }),
      ['upstreams.a.breaker.maxOpenMs'],
    ],
  ])('is refused with %s, naming the field', (_name, input, fields) => {
    expect(fieldsOf(input)).toEqual(fields);
  });

  it('does not repeat values', () => {
    const checked = checkDocument(withTarget('http://user:hunter2@a.test'));
    expect(JSON.stringify(checked)).not.toContain('hunter2');
  });

  it('may only use limits that exist', () => {
    const burst = { kind: 'exact' as const, id: 'burst', limit: 5, windowSeconds: 1 };
    const limited = documentOf([{ ...route, limits: ['burst', 'nope'] }]);
    expect(fieldsOf({ ...limited, limits: [burst] })).toEqual(['routes[0].limits[1]']);
    expect(fieldsOf({ ...limited, limits: [burst, burst] })[0]).toBe('limits');
    const zero = { ...documentOf([route]), limits: [{ ...burst, limit: 0 }] };
    expect(fieldsOf(zero)).toContain('limits[0].limit');
  });

  it('may serve one prefix by several routes of other methods or hosts', () => {
    const split = documentOf([
      { ...route, methods: ['GET'] },
      { ...route, id: 'w', methods: ['PUT'] },
      { ...route, id: 'h', host: 'h.test' },
      { ...route, id: 'rest' },
    ]);
    expect(fieldsOf(split)).toEqual([]);
  });
});
