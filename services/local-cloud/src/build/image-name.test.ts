import { describe, expect, it } from 'vitest';
import { parseImage, pinnedImage, tagKey } from './image-name.ts';

const digest = 'a'.repeat(64);

describe('parseImage', () => {
  it.each([
    ['local/shop', { repository: 'local/shop', tag: 'latest', digest: '' }],
    ['local/shop:v2', { repository: 'local/shop', tag: 'v2', digest: '' }],
    [`local/shop@sha256:${digest}`, { repository: 'local/shop', tag: 'latest', digest }],
    ['host:5000/shop', { repository: 'host:5000/shop', tag: 'latest', digest: '' }],
  ])('%s', (image, expected) => {
    expect(parseImage(image)).toEqual(expected);
  });

  it('reads back a pinned image', () => {
    expect(parseImage(pinnedImage('local/shop', digest)).digest).toBe(digest);
    expect(tagKey(parseImage('local/shop'))).toBe('local/shop:latest');
  });
});
