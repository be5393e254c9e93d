import { describe, expect, it } from 'vitest';
import { responseHead } from './response-head.ts';

const wish = { status: 200, headers: [] as string[], isHead: false, keepAliveS: 72 };

describe('the head of an answer', () => {
  it('says date, connection and framing like node:http', () => {
    const { text, framing } = responseHead({ ...wish, headers: ['content-length', '2'] });
    expect(text).toMatch(
      /^HTTP\/1\.1 200 OK\r\ncontent-length: 2\r\ndate: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\nconnection: keep-alive\r\nkeep-alive: timeout=72\r\n\r\n$/,
    );
    expect(framing).toBe('length');
  });

  it.each([
    [{ status: 204 }, 'none'],
    [{ status: 304, headers: ['content-length', '5'] }, 'none'],
    [{ isHead: true, headers: ['content-length', '5'] }, 'none'],
    [{}, 'chunked'],
    [{ headers: ['vary', 'content-length'] }, 'chunked'],
  ])('%j is framed by: %s', (difference, framing) => {
    const head = responseHead({ ...wish, ...difference });
    expect(head.framing).toBe(framing);
    expect(head.text.includes('transfer-encoding: chunked')).toBe(framing === 'chunked');
  });

  it("keeps the upstream's date, and tells the last answer of a connection", () => {
    const { text } = responseHead({ ...wish, headers: ['date', 'then'], keepAliveS: 0 });
    expect(text.match(/date: /g)).toHaveLength(1);
    expect(text).toContain('\r\nconnection: close\r\n');
    expect(text).not.toContain('keep-alive');
  });

  it.each([
    ['x-a', 'b\r\nx-c: d'],
    ['x-a', 'b\u0000'],
    ['x a', 'b'],
    ['', 'b'],
    ['x-a:', 'b'],
    ['x-\u0100', 'b'],
    ['x-a', '\u0100'],
  ])('refuses %j: %j', (name, value) => {
    expect(() => responseHead({ ...wish, headers: [name, value] })).toThrow(TypeError);
  });

  it.each([0, 99, 1_000, 200.5, Number.NaN])('refuses the status %d', (status) => {
    expect(() => responseHead({ ...wish, status })).toThrow(RangeError);
  });
});
