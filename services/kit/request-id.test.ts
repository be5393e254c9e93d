import { describe, expect, it } from 'vitest';
import { requestIdFrom } from './request-id.ts';

describe('requestIdFrom', () => {
  it('keeps a well-formed id', () => {
    expect(requestIdFrom('order-42.retry_1')).toBe('order-42.retry_1');
  });

  it.each([undefined, '', 'short', 'x'.repeat(65), 'with space', 'a\u0000bcdefgh', '"quoted-id"'])(
    'mints one instead of %j',
    (header) => {
      expect(requestIdFrom(header)).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it('never mints the same twice', () => {
    const ids = Array.from({ length: 1_000 }, () => requestIdFrom(undefined));
    expect(new Set(ids).size).toBe(1_000);
  });
});
