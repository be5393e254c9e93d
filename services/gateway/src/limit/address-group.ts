const GROUPS_OF_A_NETWORK = 4;

/**
 * What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, since every
 * IPv6 client can take any of the addresses of its network.
 */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const lastColon = address.lastIndexOf(':');
  if (address.includes('.', lastColon)) return address.slice(lastColon + 1);
  const [head = '', tail] = address.toLowerCase().split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const tailGroups = tail === '' ? [] : tail.split(':');
    while (groups.length + tailGroups.length < 8) groups.push('0');
    groups.push(...tailGroups);
  }
  const network = groups.slice(0, GROUPS_OF_A_NETWORK);
  return `${network.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
