/** A DNS entry that has to exist for a domain to reach its service. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** A domain of one's own in front of a service. */
export interface DomainMapping {
  readonly domain: string;
  /** `pending` while the platform waits for DNS or for the certificate. */
  readonly state: 'ready' | 'pending' | 'failed';
  /** Why it isn't ready, in the platform's words; null when there is nothing to say. */
  readonly reason: string | null;
  /** What it is not ready for yet, where the platform says so; null when it is ready. */
  readonly waitsFor: 'certificate' | 'route' | null;
  readonly records: readonly DnsRecord[];
}
