/** Where a part lives, for a sentence to the operator; never the credentials in its URL. */
export interface PartAddress {
  readonly name: string;
  readonly host: string;
}

/** Host and port of a connection URL. */
export function addressOf(name: string, url: string, defaultPort: number): PartAddress {
  try {
    const { hostname, port } = new URL(url);
    return { name, host: `${hostname}:${port === '' ? defaultPort : port}` };
  } catch {
    // A socket path or a form that URL does not read: the operator still sees which part it is.
    return { name, host: 'its configured address' };
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'did not answer in time',
  EHOSTUNREACH: 'is not reachable',
  ENETUNREACH: 'is not reachable',
  ENOTFOUND: 'has a host name that does not resolve',
  EAI_AGAIN: 'has a host name that does not resolve now',
  '28P01': 'refused the user or password',
  '28000': 'refused the user',
  '3D000': 'has no such database',
  '53300': 'has no connection left',
  '57P01': 'is shutting down',
  '57P03': 'is starting up',
  '42501': 'refused the permission',
  NOAUTH: 'asks for a password',
  WRONGPASS: 'refused the user or password',
  LOADING: 'is loading its data',
};

/** One sentence about why a part is lost, for example "Postgres refused the connection at ...". */
export function describeLoss(address: PartAddress, error: unknown): string {
  const code = codeOf(error);
  const known = code === undefined ? undefined : SENTENCES[code];
  if (known !== undefined) return `${address.name} ${known} at ${address.host}`;
  const said = error instanceof Error ? error.message : String(error);
  if (/timeout|timed out/i.test(said)) {
    return `${address.name} did not answer in time at ${address.host}`;
  }
  return `${address.name} failed at ${address.host}: ${said.slice(0, 120)}`;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // A host with several addresses: the reason is in the first attempt.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return /^(NOAUTH|WRONGPASS|LOADING)\b/.exec(error.message)?.[1];
}
