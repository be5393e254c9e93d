import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileScopes, parseScope } from './scope.ts';

const inScope = (scopes: string[], request: string): boolean => {
  const [method = '', path = ''] = request.split(' ');
  return compileScopes(scopes)?.(method, path) ?? true;
};

describe('scopes', () => {
  it.each([
    ['GET /v1/models', 'GET /v1/models', true],
    ['GET /v1/models', 'HEAD /v1/models', true],
    ['GET /v1/models', 'POST /v1/models', false],
    ['GET /v1/models', 'GET /v1/models/', false],
    ['GET /v1/models', 'GET /v1/models/a', false],
    ['GET /v1/models', 'GET /V1/models', false],
    ['GET,POST /v1/models', 'POST /v1/models', true],
    ['* /v1/models', '_OTHER /v1/models', true],
    ['POST /v1/models', 'HEAD /v1/models', false],
    ['GET /v1/*', 'GET /v1/models', true],
    ['GET /v1/*', 'GET /v1/', false],
    ['GET /v1/*', 'GET /v1', false],
    ['GET /v1/*', 'GET /v1/models/a', false],
    ['GET /v1/*/files', 'GET /v1/a/files', true],
    ['GET /v1/*/files', 'GET /v1/a/b/files', false],
    ['GET /v1/*/files', 'GET /v1//files', false],
    ['GET /v1/**', 'GET /v1', true],
    ['GET /v1/**', 'GET /v1/a/b', true],
    ['GET /v1/**', 'GET /v1a', false],
    ['GET /v1/*/x/**', 'GET /v1/a/x', true],
    ['GET /v1/*/x/**', 'GET /v1/a/xy', false],
    ['* /**', 'DELETE /anything/at/all', true],
    ['GET /', 'GET /', true],
    ['metrics:read', 'GET /metrics', true],
    ['metrics:read', 'POST /metrics', false],
    ['metrics:read', 'GET /metrics/x', false],
    ['metrics:write', 'GET /metrics', false],
  ])('"%s" for "%s": %s', (scope, request, allowed) => {
    expect(inScope([scope], request)).toBe(allowed);
  });

  it('deny by default as soon as there is one, and restrict nothing when there is none', () => {
    expect(compileScopes([])).toBeNull();
    expect(inScope(['GET /a', 'POST /b'], 'POST /b')).toBe(true);
    expect(inScope(['GET /a', 'POST /b'], 'POST /a')).toBe(false);
  });

  it.each([
    ...['', 'GET', '/v1', 'get /v1', 'GET  /v1', 'GET v1', 'GET /v1 x', 'GET /v1?a=1', 'GET /a#b'],
    ...['GET /../v1', 'GET /./v1', 'GET /a*', 'GET /**/a', 'GET,/v1', '*,GET /v1', 'GET /a\\b'],
    ...['Metrics:read', 'metrics:', `GET /${'a'.repeat(300)}`],
  ])('"%s" is not a scope', (text) => {
    expect(parseScope(text)).toBeNull();
  });

  it('match as a regular expression of the same meaning would', () => {
    const segment = fc.constantFrom('a', 'b', 'ab', '');
    const pattern = fc.array(fc.constantFrom('a', 'b', 'ab', '*'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        pattern,
        fc.boolean(),
        fc.array(segment, { maxLength: 5 }),
        (parts, open, path) => {
          const text = `/${[...parts, ...(open ? ['**'] : [])].join('/')}`;
          const source = parts.map((part) => (part === '*' ? '[^/]+' : part)).join('/');
          const same = new RegExp(`^/${source}${open ? '(?:/.*)?' : ''}$`);
          const asked = `/${path.join('/')}`;
          expect(inScope([`GET ${text}`], `GET ${asked}`)).toBe(same.test(asked));
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
