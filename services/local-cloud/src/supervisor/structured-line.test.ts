import { describe, expect, it } from 'vitest';
import { structureOf } from './structured-line.ts';

describe('a log line', () => {
  it('that is JSON keeps its payload and its severity', () => {
    const payload = { severity: 'WARNING', message: 'slow', dur_ms: 12, at: { path: '/x' } };
    expect(structureOf(JSON.stringify(payload))).toEqual({ severity: 'WARNING', payload });
    expect(structureOf('{"severity":"error"}')).toMatchObject({ severity: 'ERROR' });
  });

  it('without a known severity has none', () => {
    expect(structureOf('{"severity":"loud","a":1}')).toEqual({
      payload: { severity: 'loud', a: 1 },
    });
    expect(structureOf('{"a":1}')).toEqual({ payload: { a: 1 } });
  });

  it.each(['plain text', '{"cut', '{not json}', '', '[1]', '"x"'])('%j is text', (line) => {
    expect(structureOf(line)).toEqual({});
  });
});
