import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { AdminError } from './admin-error.ts';

/**
 * A page that a browser loaded from elsewhere must not reach an admin API on loopback or in a
 * private network, also not after its name was pointed there (DNS rebinding). Such a page sends its
 * own name as Host, so only addresses, `localhost` and names that were configured are answered.
 * Cloud Run's front end routes by Host: there a foreign name never arrives, and any is accepted
 * unless names are configured.
 */
export interface OriginRules {
  /** Names without port, lower case; undefined: none configured. */
  hosts: readonly string[] | undefined;
  behindFrontEnd: boolean;
}

/** Throws when the request may come from a page of somewhere else. */
export function checkOrigin(headers: IncomingHttpHeaders, rules: OriginRules): void {
  const host = headers.host ?? '';
  if (!isAllowedHost(host, rules)) throw new AdminError('host_not_allowed');
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  // A link that somebody opened in a browser has 'none' and no Origin.
  const foreign = site === 'cross-site' || site === 'same-site';
  if (foreign || (origin !== undefined && hostOf(origin) !== host.toLowerCase())) {
    throw new AdminError('origin_not_allowed');
  }
}

function isAllowedHost(host: string, { hosts, behindFrontEnd }: OriginRules): boolean {
  const name = nameOf(host);
  if (hosts?.includes(name) === true) return true;
  if (hosts === undefined && behindFrontEnd) return name !== '';
  return name === 'localhost' || name.endsWith('.localhost') || isIP(unbracket(name)) !== 0;
}

/** Host without its port; empty when it is no host. */
function nameOf(host: string): string {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]/@]+)(?::\d{1,5})?$/.exec(host);
  return match?.[1]?.toLowerCase() ?? '';
}

function unbracket(name: string): string {
  return name.startsWith('[') ? name.slice(1, -1) : name;
}

/** `null` (sandboxed pages) and what is no URL have none. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
