import { describe, expect, it } from 'vitest';
import { traceparentFrom } from './own-headers.ts';

const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('traceparentFrom', () => {
  it('passes a well-formed one', () => {
    expect(traceparentFrom(good)).toBe(good);
  });

  it.each([
    undefined,
    '',
    good.toUpperCase(),
    good.replace('00-', 'ff-'),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
    `${good}-x`,
  ])('replaces %s', (header) => {
    const made = traceparentFrom(header);
    expect(made).not.toBe(header);
    expect(traceparentFrom(made)).toBe(made);
  });
});
