import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeriesId } from './parse-exposition.ts';
import { ExpositionError, parseNumber, parseSeries, scanExposition } from './parse-exposition.ts';

function read(text: string): { types: [string, string][]; samples: [string, number][] } {
  const types: [string, string][] = [];
  const samples: [string, number][] = [];
  scanExposition(text, {
    type: (family, type) => types.push([family, type]),
    sample: (series, value) => samples.push([series, value]),
  });
  return { types, samples };
}

/** Writes a sample as the client libraries do. */
function write({ name, labels }: SeriesId, value: string): string {
  const escape = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

/** A number as the text format spells it: Go's words for the infinities, not JavaScript's. */
function spelled(number: number): string {
  return String(number).replace('Infinity', 'Inf');
}

describe('scanExposition', () => {
  it('reads types and samples, and skips help, comments and blank lines', () => {
    const text =
      '# HELP a says\n# TYPE a counter\n# just words\n\na 1\na{b="c"} 2.5e3 1700000000000\n';
    expect(read(text)).toEqual({
      types: [['a', 'counter']],
      samples: [
        ['a', 1],
        ['a{b="c"}', 2500],
      ],
    });
  });

  it('reads the numbers that are not decimal', () => {
    const { samples } = read('a +Inf\nb -Inf\nc NaN\nd Inf');
    expect(samples.map(([, value]) => value)).toEqual([Infinity, -Infinity, NaN, Infinity]);
  });

  it.each([
    ['no value', 'a\n', 'line 1: a sample needs a name and a value'],
    ['a word as value', 'a 1\nb one\n', 'line 2: the value is not a number'],
    ['a hexadecimal value', 'a 0x10\n', 'line 1: the value is not a number'],
    ['an unknown type', '# TYPE a thing\n', 'line 1: TYPE needs a metric name and a known type'],
    ['HTML', '<html> <body>\n', 'line 1: the value is not a number'],
  ])('refuses %s and names the line', (_, text, message) => {
    expect(() => read(text)).toThrow(ExpositionError);
    expect(() => read(text)).toThrow(message);
  });

  it('reads back whatever can be written', () => {
    const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/);
    const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/);
    const labels = fc.dictionary(label, fc.string({ unit: 'grapheme' }), { maxKeys: 4 });
    // -0 is written as 0.
    const value = fc.double({ noNaN: true }).map((number) => number + 0);
    fc.assert(
      fc.property(name, labels, value, (metric, tags, number) => {
        const [[series, read_] = ['', NaN]] = read(
          write({ name: metric, labels: tags }, spelled(number)),
        ).samples;
        const parsed = parseSeries(series);
        expect(read_).toBe(number);
        expect(parsed?.name).toBe(metric);
        expect({ ...parsed?.labels }).toEqual({ ...tags });
      }),
    );
  });
});

describe('parseSeries', () => {
  it.each([
    'a{b=c}',
    'a{b="c}',
    'a{b="c" d="e"}',
    'a{b="c",b="d"}',
    'a{b="\\x"}',
    'a{,}',
    '1a',
    '{b="c"}',
    'a{b="c"} 1 # {trace="x"}',
  ])('refuses %s', (text) => {
    expect(parseSeries(text)).toBeNull();
  });

  it('allows blanks and a trailing comma', () => {
    expect({ ...parseSeries('a{ b = "c" , d="" , }')?.labels }).toEqual({ b: 'c', d: '' });
  });
});

describe('parseNumber', () => {
  it.each(['', ' ', '1_0', '0b1', 'e5', '--1', 'infinity'])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeNull();
  });
});
