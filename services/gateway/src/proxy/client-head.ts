import { clientName, DROPPED } from './forward-headers.ts';
import { NameRules } from './name-rules.ts';
import { nominatedBy, removeNominated } from './nominated-headers.ts';

/** Headers that the gateway itself reads. */
type ReadName =
  | 'authorization'
  | 'connection'
  | 'content-length'
  | 'host'
  | 'origin'
  | 'traceparent'
  | 'tracestate'
  | 'transfer-encoding'
  | 'user-agent'
  | 'via'
  | 'x-api-key'
  | 'x-cloud-trace-context'
  | 'x-forwarded-for'
  | 'x-forwarded-proto'
  | 'x-request-id';

const READ_NAMES: readonly string[] = [
  'authorization',
  'connection',
  'content-length',
  'host',
  'origin',
  'traceparent',
  'tracestate',
  'transfer-encoding',
  'user-agent',
  'via',
  'x-api-key',
  'x-cloud-trace-context',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
] satisfies readonly ReadName[];

/** What becomes of a header: its name towards the upstream, and whether the gateway reads it. */
interface Rule {
  readonly passesAs: string;
  readonly read: ReadName | undefined;
}

const rules = new NameRules<Rule>((name) => {
  const lower = name.toLowerCase();
  const read = READ_NAMES.includes(lower) ? (lower as ReadName) : undefined;
  return { passesAs: clientName(name), read };
});

const VIA = '1.1 omni-gateway';

/**
 * The headers of a request, looked at once: what the gateway reads, and what goes on to the
 * upstream. `request.headers` costs more than this and is not touched on the way of a request.
 */
export class ClientHead {
  authorization: string | undefined = undefined;
  connection: string | undefined = undefined;
  'content-length': string | undefined = undefined;
  host: string | undefined = undefined;
  origin: string | undefined = undefined;
  traceparent: string | undefined = undefined;
  tracestate: string | undefined = undefined;
  'transfer-encoding': string | undefined = undefined;
  'user-agent': string | undefined = undefined;
  via: string | undefined = undefined;
  'x-api-key': string | undefined = undefined;
  'x-cloud-trace-context': string | undefined = undefined;
  'x-forwarded-for': string | undefined = undefined;
  'x-forwarded-proto': string | undefined = undefined;
  'x-request-id': string | undefined = undefined;
  /** One of these came more than once; its values are joined with commas. */
  repeated = false;
  /** `Host` came more than once. */
  twoHosts = false;
  /**
   * What goes on to the upstream as flat pairs, names in lower case, beginning with a place for
   * `host`. The gateway appends its own, so that no nomination and no spelling can remove them.
   */
  readonly forwarded: string[] = ['host', ''];

  constructor(raw: readonly string[]) {
    const { forwarded } = this;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const rule = rules.of(raw[i] ?? '');
      const value = raw[i + 1] ?? '';
      if (rule.passesAs !== DROPPED) forwarded.push(rule.passesAs, value);
      if (rule.read !== undefined) this.#read(rule.read, value);
    }
    if (this.connection !== undefined) this.#dropNominated(this.connection);
    forwarded.push('via', this.via === undefined ? VIA : `${this.via}, ${VIA}`);
  }

  #read(name: ReadName, value: string): void {
    const before = this[name];
    if (before === undefined) {
      this[name] = value;
      return;
    }
    this.repeated = true;
    if (name === 'host') this.twoHosts = true;
    this[name] = `${before}, ${value}`;
  }

  #dropNominated(connection: string): void {
    const nominated = nominatedBy(connection);
    if (nominated !== undefined) removeNominated(this.forwarded, 2, nominated);
  }
}
