import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSampled, newSpanId, traceparentFrom, tracestateOf } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

describe('traceparentFrom', () => {
  it.each([
    ['a valid one', `00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`],
    ['a later version', `cc-${TRACE}-${SPAN}-01-more`, `00-${TRACE}-${SPAN}-01`],
    ['a later version without more', `01-${TRACE}-${SPAN}-00`, `00-${TRACE}-${SPAN}-00`],
  ])('keeps %s', (_name, traceparent, expected) => {
    expect(traceparentFrom({ traceparent })).toBe(expected);
  });

  it.each([
    undefined,
    '',
    'x',
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `01-${TRACE}-${SPAN}-01.more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `00-${TRACE}_${SPAN}-01`,
    `00-${TRACE.slice(1)}x-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\r\nx-evil: 1`,
  ])('replaces %j by a new, unsampled one', (traceparent) => {
    const made = traceparentFrom(traceparent === undefined ? {} : { traceparent });
    expect(made).toMatch(VALID);
    expect(made).not.toContain(TRACE);
    expect(isSampled(made)).toBe(false);
  });

  it('agrees with the grammar on whatever comes', () => {
    const near = fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (traceparent) => {
        const made = traceparentFrom({ traceparent });
        expect(made).toMatch(VALID);
        if (VALID.test(traceparent)) expect(made).toBe(traceparent);
      }),
    );
  });

  it('understands X-Cloud-Trace-Context, after traceparent', () => {
    const cloud = { 'x-cloud-trace-context': `${TRACE}/67667974448284343;o=1` };
    expect(traceparentFrom(cloud)).toBe(`00-${TRACE}-${SPAN}-01`);
    expect(traceparentFrom({ 'x-cloud-trace-context': `${TRACE.toUpperCase()}/1` })).toBe(
      `00-${TRACE}-0000000000000001-00`,
    );
    const traceparent = `00-${'a'.repeat(32)}-${SPAN}-00`;
    expect(traceparentFrom({ ...cloud, traceparent })).toBe(traceparent);
  });

  it.each([
    `${TRACE}/0`,
    `${TRACE}/18446744073709551616`,
    `${'0'.repeat(32)}/1`,
    `${TRACE}/1;o=1;x`,
    TRACE,
  ])('replaces the wrong cloud context %s', (header) => {
    const made = traceparentFrom({ 'x-cloud-trace-context': header });
    expect(made).toMatch(VALID);
    expect(made).not.toContain(TRACE);
  });
});

describe('tracestateOf', () => {
  it('passes with its traceparent and ends with it', () => {
    const scopeOf = (traceparent: string): Parameters<typeof tracestateOf>[0] => {
      const headers = { traceparent, tracestate: 'vendor=1' };
      return { head: headers, traceparent: traceparentFrom(headers) };
    };
    expect(tracestateOf(scopeOf(`00-${TRACE}-${SPAN}-01`))).toBe('vendor=1');
    expect(tracestateOf(scopeOf(`00-${TRACE}-${SPAN}-zz`))).toBeUndefined();
  });
});

it('makes span ids that differ', () => {
  const ids = new Set(Array.from({ length: 1_000 }, newSpanId));
  expect(ids.size).toBe(1_000);
});
