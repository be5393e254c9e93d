import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterLogs } from './cluster-logs.ts';
import { maskVariables } from './mask-variables.ts';

const at = (text: string, time: number): { text: string; time: number } => ({ text, time });

describe('maskVariables', () => {
  it.each([
    ['took 12.5ms for 3 rows', 'took <*> for <*> rows'],
    ['from 10.0.0.7:5432 refused', 'from <*> refused'],
    ['id 7f3b2c1a-1111-4222-8333-abcdefabcdef gone', 'id <*> gone'],
    ['2026-01-10T12:00:00.123Z started', '<*> started'],
    ['digest 9f86d081884c7d65 at 0xff', 'digest <*> at <*>'],
    ['  many   spaces\tand tabs ', 'many spaces and tabs'],
    ['v2 and sha256 stay names', 'v2 and sha256 stay names'],
  ])('%s', (line, masked) => {
    expect(maskVariables(line)).toBe(masked);
  });

  it('takes no long on lines made to be slow', () => {
    const started = performance.now();
    for (const hostile of ['1.'.repeat(50_000), 'a'.repeat(100_000), '0x'.repeat(50_000)]) {
      maskVariables(hostile);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('clusterLogs', () => {
  it('puts what differs in variables or single words together', () => {
    const lines = [
      'user alice logged in from 10.0.0.1',
      'user bob logged in from 10.0.0.2',
      'cache miss for key 17',
      'user carol logged in from 10.0.0.3',
      'cache miss for key 18',
    ].map((text) => ({ text }));
    expect(clusterLogs({ lines }).map(({ template, count }) => [template, count])).toEqual([
      ['user <*> logged in from <*>', 3],
      ['cache miss for key <*>', 2],
    ]);
  });

  it('says what is new since a deploy, first, and what got more frequent', () => {
    const before = Array.from({ length: 20 }, (_, i) => at(`request ${i} served`, i * 1_000));
    const after = [
      ...Array.from({ length: 40 }, (_, i) => at(`request ${i} served`, 20_000 + i * 500)),
      at('connection to 10.0.0.7 refused', 30_000),
    ];
    const [first, second] = clusterLogs({ lines: [...before, ...after], splitAt: 20_000 });
    expect(first).toMatchObject({
      template: 'connection to <*> refused',
      isNew: true,
      before: 0,
      after: 1,
      firstTime: 30_000,
    });
    expect(second).toMatchObject({ isNew: false, before: 20, after: 40 });
    expect(second?.change).toBeGreaterThan(1.5);
  });

  it('loses no line, whatever they are', () => {
    const word = fc.constantFrom('get', 'put', 'failed', '17', 'x9', '10.0.0.1', '-', '<*>', '');
    const line = fc.array(word, { maxLength: 8 }).map((words) => ({ text: words.join(' ') }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 200 }), (lines) => {
        const clusters = clusterLogs({ lines });
        expect(clusters.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
      }),
      { numRuns: 50 },
    );
  });

  it('stays bounded on lines that have nothing in common', () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => ({
      text: `start here ${Array.from(String(i), (digit) => `w${digit}${i}`).join(' ')}`,
    }));
    expect(clusterLogs({ lines }).length).toBeLessThan(1_000);
  });
});
