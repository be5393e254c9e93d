import { describe, expect, it } from 'vitest';
import { isPlainTarget } from './request-checks.ts';

describe('isPlainTarget', () => {
  it.each([
    '/',
    '/a/b',
    '/a?b=/../c%2f%00',
    '/a%20b',
    '/caf%C3%A9',
    '/a.b/..c/d..',
    '//double/slash',
    '/a;b=c,d:e@f!$&()*+~',
    '/100%25',
  ])('accepts %s', (target) => {
    expect(isPlainTarget(target)).toBe(true);
  });

  it.each([
    '',
    '*',
    'a',
    'http://other/a',
    '/../a',
    '/a/..',
    '/a/./b',
    '/.',
    '/a\\b',
    '/a#b',
    '/a b',
    '/a\u00e9',
    '/a%2e%2e/b',
    '/a%2E%2E%2Fb',
    '/a%2fb',
    '/a%5cb',
    '/a%00b',
    '/a%0d%0aX:y',
    '/a%252e%252e%252fb',
    '/a%2525252fb',
    '/a%25%32%66'.replace('%32%66', '2f'),
  ])('refuses %s', (target) => {
    expect(isPlainTarget(target)).toBe(false);
  });
});
