import { describe, expect, it } from 'vitest';
import { startErrorIn } from './start-error-line.ts';

describe('startErrorIn', () => {
  it.each(['next_step', 'nextStep'])('shows code, cause and %s', (key) => {
    const line = JSON.stringify({ code: 'STATE_LOCKED', message: 'taken', [key]: 'Stop it.' });
    expect(startErrorIn(line)).toBe('STATE_LOCKED: taken\nNext step: Stop it.');
  });

  it.each(['listening', '{"code"', '{"code":"X","message":"no step"}', '{"code":1}', ''])(
    'lets %j pass',
    (line) => {
      expect(startErrorIn(line)).toBeUndefined();
    },
  );
});
