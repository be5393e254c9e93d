import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { inAnyCidr, isCidr, parseCidr } from './cidr.ts';

/** What another parser says, with IPv4-mapped addresses meaning the IPv4 ones. */
function expected(address: string, range: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(range);
  const plain = ipaddr.process(address);
  if (base.kind() === 'ipv6') {
    const six = base as ipaddr.IPv6;
    const wide = plain.kind() === 'ipv6' ? plain : (plain as ipaddr.IPv4).toIPv4MappedAddress();
    return (wide as ipaddr.IPv6).match(six, bits);
  }
  return plain.kind() === 'ipv4' && (plain as ipaddr.IPv4).match(base, bits);
}

const inRange = (address: string, ...ranges: string[]): boolean =>
  inAnyCidr(
    ranges.map((range) => parseCidr(range)).filter((range) => range !== null),
    address,
  );

const v4 = fc.ipV4();
/** `::1.2.3.4` is an address of its own (RFC 4291), which ipaddr.js takes for `::ffff:1.2.3.4`. */
const v6 = fc.ipV6().filter((text) => !/^::\d+\.\d/.test(text));
const mapped = v4.map((address) => `::ffff:${address}`);
const address = fc.oneof(v4, v6, mapped);
const range = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 0, max: 32 })),
  fc.tuple(v6, fc.integer({ min: 0, max: 128 })),
  fc.tuple(mapped, fc.integer({ min: 96, max: 128 })),
);

describe('CIDR ranges', () => {
  it('agree with ipaddr.js on any address and range', () => {
    fc.assert(
      fc.property(address, range, (text, [base, bits]) => {
        expect(inRange(text, `${base}/${bits}`)).toBe(expected(text, `${base}/${bits}`));
      }),
      { numRuns: 5_000 },
    );
  });

  it('agree with ipaddr.js on addresses near the range', () => {
    const near = fc.tuple(range, fc.integer({ min: 0, max: 127 }), address);
    fc.assert(
      fc.property(near, ([[base, bits], flipped]) => {
        const parsed = ipaddr.parse(base);
        const bytes = parsed.toByteArray();
        const at = flipped % (bytes.length * 8);
        bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (0x80 >> (at & 7));
        const text = ipaddr.fromByteArray(bytes).toString();
        expect(inRange(text, `${base}/${bits}`)).toBe(expected(text, `${base}/${bits}`));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.4/30', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::FFFF:0A01:0203', '10.0.0.0/8', true],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['255.255.255.255', '0.0.0.0/0', true],
    ['::1', '0.0.0.0/0', false],
    ['::1', '::/0', true],
    ['::1.2.3.4', '1.2.3.4', false],
    ['::102:304', '::1.2.3.4', true],
  ])('%s in %s: %s', (text, cidr, isIn) => {
    expect(inRange(text, cidr)).toBe(isIn);
  });

  it.each([
    ...['', ' ', 'localhost', '10', '10.1', '10.1.2', '10.1.2.3.4', '10.1.2.256', '10.1.2.-1'],
    ...['010.1.2.3', '0x0a.1.2.3', '10.1.2.3 ', '10.1.2.3/', '10.1.2.3/33', '10.1.2.3/08'],
    ...['10.1.2.3/8/8', '10..2.3', '.10.1.2', '10.1.2.', ':', ':::', '1::2::3', '1:2:3:4:5:6:7'],
    ...['1:2:3:4:5:6:7:8:9', '12345::', '::g', '::1/129', '1.2.3.4::', '::1.2.3', 'fe80::1%eth0'],
    ...['1:2:3:4:5:6:7:8::', '::1.2.3.4:5'],
  ])('"%s" is neither an address nor a range', (text) => {
    expect(isCidr(text)).toBe(false);
    expect(inRange(text, '0.0.0.0/0', '::/0')).toBe(false);
  });
});
