/**
 * Address of the client. `trustedHops` counts proxies in front of us from the right: each of them
 * appended what it saw to X-Forwarded-For, what stands further left was written by the client.
 * With fewer entries than hops the socket's address is used.
 */
export function clientAddress(
  remoteAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedHops: number,
): string {
  const socket = socketAddress(remoteAddress ?? '');
  if (trustedHops === 0) return socket;
  const entries = (forwardedFor ?? '').split(',');
  const entry = entries.at(-trustedHops);
  return normaliseAddress(entry ?? '') || socket;
}

let lastRemote = '';
let lastAddress = '';

/** Many requests in a row come from one peer. */
function socketAddress(remote: string): string {
  if (remote !== lastRemote) {
    lastAddress = normaliseAddress(remote);
    lastRemote = remote;
  }
  return lastAddress;
}

/** Without port, brackets and the IPv4-in-IPv6 prefix; '' when it is no address. */
export function normaliseAddress(text: string): string {
  let address = text.trim();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1];
  if (bracketed !== undefined) address = bracketed;
  else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address)) address = address.replace(/:\d+$/, '');
  if (address.startsWith('::ffff:') && address.includes('.')) address = address.slice(7);
  return /^[0-9A-Fa-f.:]{2,45}$/.test(address) ? address.toLowerCase() : '';
}
