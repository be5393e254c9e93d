import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientHead } from './client-head.ts';
import { responseHeaders } from './forward-headers.ts';

const own = ['x-request-id', 'ours', 'x-forwarded-for', '203.0.113.9'];

/** The client's headers and then ours, as they are sent; without the place of `host`. */
function forwarded(raw: readonly string[]): string[] {
  return [...new ClientHead(raw).forwarded.slice(2), ...own];
}

/** Values of a header in flat pairs. */
function valuesOf(pairs: readonly string[], name: string): string[] {
  return pairs.filter((_, i) => i % 2 === 1 && pairs[i - 1]?.toLowerCase() === name);
}

describe('headers of a client', () => {
  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authorization',
    'Proxy-Connection',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'HTTP2-Settings',
    'Expect',
    'Authorization',
    'X-Api-Key',
    'X_Api_Key',
    'X-Omni-Principal',
    'X_Omni_Principal',
    'x-omni-anything',
    'Forwarded',
    'X-Forwarded-For',
    'X_Forwarded_For',
    'X-Forwarded-Host',
    'X-Forwarded-Prefix',
    'X-Real-IP',
    'CF-Connecting-IP',
    'True-Client-IP',
    'X-Original-URL',
    'X-Serverless-Authorization',
    'Host',
    'Content-Length',
    'Max-Forwards',
  ])('does not pass %s', (name) => {
    const headers = forwarded([name, 'from the client']);
    expect(headers.join('\n')).not.toContain('from the client');
  });

  it.each(['Accept', 'Content-Type', 'Cookie', 'User-Agent', 'X-Custom'])('passes %s', (name) => {
    expect(valuesOf(forwarded([name, 'v']), name.toLowerCase())).toEqual(['v']);
  });

  it('removes what Connection nominates, but nothing of our own', () => {
    const raw = ['Connection', 'close, X-Secret, x-request-id, content-length', 'X-Secret', 's'];
    const headers = forwarded([...raw, 'X-Kept', '3']);
    expect(valuesOf(headers, 'x-secret')).toEqual([]);
    expect(valuesOf(headers, 'x-request-id')).toEqual(['ours']);
    expect(valuesOf(headers, 'x-kept')).toEqual(['3']);
  });

  it('appends itself to Via and keeps repeated headers apart', () => {
    const headers = forwarded(['Via', '1.0 a', 'X-A', '1', 'X-A', '2']);
    expect(valuesOf(headers, 'via')).toEqual(['1.0 a, 1.1 omni-gateway']);
    expect(valuesOf(headers, 'x-a')).toEqual(['1', '2']);
  });

  it('carries exactly one of each of our own, whatever the client sends', () => {
    const name = fc.constantFrom(
      'x-request-id',
      'X-Forwarded-For',
      'x_forwarded_for',
      'X-REQUEST-ID',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        const headers = forwarded(pairs.flat());
        expect(valuesOf(headers, 'x-request-id')).toEqual(['ours']);
        expect(valuesOf(headers, 'x-forwarded-for')).toEqual(['203.0.113.9']);
        expect(headers.some((each, i) => i % 2 === 0 && each.includes('_'))).toBe(false);
      }),
    );
  });
});

describe('responseHeaders', () => {
  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Server',
    'X-Powered-By',
    'X-Request-Id',
    'X-Omni-Internal',
    'Access-Control-Allow-Origin',
  ])('does not pass %s', (name) => {
    expect(responseHeaders([name, 'v'])).toEqual([]);
  });

  it('keeps Set-Cookie lines apart', () => {
    const raw = ['set-cookie', 'a=1', 'set-cookie', 'b=2'];
    expect(responseHeaders(raw)).toEqual(['set-cookie', 'a=1', 'set-cookie', 'b=2']);
  });

  it('passes the revision on under its own name, also when nominated', () => {
    const raw = ['x-omni-revision', 'backend-7', 'connection', 'x-hop', 'x-hop', '1'];
    expect(responseHeaders(raw)).toEqual(['x-omni-upstream-revision', 'backend-7']);
  });
});
