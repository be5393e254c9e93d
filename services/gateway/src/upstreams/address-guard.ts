import type { LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/**
 * Addresses that no upstream may have: link-local ones and the metadata services of clouds, which
 * hand out credentials to whoever can make a server ask for them.
 */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
FORBIDDEN.addAddress('168.63.129.16', 'ipv4');
FORBIDDEN.addSubnet('0.0.0.0', 8, 'ipv4');
FORBIDDEN.addSubnet('224.0.0.0', 3, 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');
FORBIDDEN.addAddress('fd20:ce::254', 'ipv6');
FORBIDDEN.addSubnet('ff00::', 8, 'ipv6');
FORBIDDEN.addAddress('::', 'ipv6');

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** Whether a host of a URL (as `URL` writes it) names a metadata service or a link-local address. */
export function isForbiddenHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  const address = name.startsWith('[') ? name.slice(1, -1) : name;
  return isIP(address) === 0 ? FORBIDDEN_NAMES.has(address) : isForbiddenAddress(address);
}

/** Whether an upstream may not have this address. */
export function isForbiddenAddress(address: string): boolean {
  const plain = address.split('%')[0] ?? address;
  return FORBIDDEN.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | { address: string; family: number }[],
  family?: number,
) => void;

/**
 * `lookup` for sockets: a name that resolves to a forbidden address is not connected to, so that a
 * record changed after the configuration was checked gains nothing.
 */
export function guardedLookup(
  hostname: string,
  options: LookupOptions,
  callback: LookupCallback,
): void {
  // Not imported: addresses need no names, and most upstreams in tests and on desks are addresses.
  process.getBuiltinModule('node:dns').lookup(hostname, options, (error, found, family) => {
    if (error !== null) {
      callback(error, '', 0);
      return;
    }
    const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
    if (addresses.some(isForbiddenAddress)) {
      const refused: NodeJS.ErrnoException = new Error('The upstream has a forbidden address');
      refused.code = 'EHOSTUNREACH';
      callback(refused, '', 0);
      return;
    }
    callback(null, found, family);
  });
}
