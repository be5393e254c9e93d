import { describe, expect, it } from 'vitest';
import { plainLogLine } from './plain-log-line.ts';

describe('plainLogLine', () => {
  it.each([
    ['a plain line', 'Listening on 8080', 'Listening on 8080'],
    ['a structured line', '{"severity":"INFO","message":"ready"}', 'ready'],
    [
      'its code',
      '{"message":"PORT is wrong","code":"CONFIG_INVALID"}',
      'CONFIG_INVALID: PORT is wrong',
    ],
    ['an object without a message', '{"a":1}', '{"a":1}'],
    ['a torn line', '{"message":"re', '{"message":"re'],
  ])('reads %s', (_name, line, plain) => {
    expect(plainLogLine(line)).toBe(plain);
  });
});
