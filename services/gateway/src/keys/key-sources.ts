import { parseCidr, readAddress } from './cidr.ts';

const MAX_AGENT_CHARS = 60;
const MAPPED = '::ffff:';
const words = new Int32Array(4);

/**
 * The address as it is kept: IPv4 as it is, IPv6 as its /64, for a client changes its address inside
 * that at will (RFC 8981). Text that is no address is kept as `unknown`.
 */
export function sourceAddress(address: string): string {
  const text = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
  if (!readAddress(text, words)) return 'unknown';
  if (!text.includes(':')) return text;
  const groups = [words[0] ?? 0, words[1] ?? 0].flatMap((word) => [
    (word >>> 16) & 0xffff,
    word & 0xffff,
  ]);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/**
 * The product that a user agent names first (RFC 9110 10.1.5) with its major version: new patch
 * releases of the same client are no new source. Cleaned, for a client may write anything.
 */
export function sourceAgent(agent: string): string {
  const [product = ''] = agent.split(' ', 1);
  const cleaned = product.replace(/[^\w./+-]/g, '').slice(0, MAX_AGENT_CHARS);
  const major = /^([^/]+\/\d+)/.exec(cleaned)?.[1];
  return major ?? (cleaned === '' ? 'unknown' : cleaned);
}

/**
 * Ranges that hold all the addresses that were seen: whole /24 networks where three or more of their
 * addresses were, single addresses otherwise; /64 networks of IPv6 as they are.
 */
export function suggestCidrs(addresses: readonly string[]): readonly string[] {
  const networks = new Map<string, string[]>();
  const ranges: string[] = [];
  for (const address of new Set(addresses)) {
    if (parseCidr(address) === null) continue;
    if (address.includes(':')) ranges.push(address);
    else {
      const network = address.slice(0, address.lastIndexOf('.'));
      networks.set(network, [...(networks.get(network) ?? []), address]);
    }
  }
  for (const [network, members] of networks) {
    if (members.length >= NETWORK_FROM) ranges.push(`${network}.0/24`);
    else ranges.push(...members.map((member) => `${member}/32`));
  }
  return ranges.sort();
}

const NETWORK_FROM = 3;
