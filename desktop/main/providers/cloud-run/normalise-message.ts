/** What a message looks like after normalising: only what JSON knows. */
export type Plain =
  null | boolean | number | string | readonly Plain[] | { readonly [field: string]: Plain };

/** A protobufjs message class, whose instances are what gax gives out for operations. */
interface MessageClass {
  readonly toObject: (message: object, options: object) => object;
}

/**
 * Makes one shape of the four that the same resource arrives in (R11): plain objects of get and
 * list, protobufjs messages of operations (numeric enums, Longs), and the JSON of REST. Enums become
 * names, 64 bit integers strings, times ISO 8601, durations `300s`.
 */
export function normaliseMessage(message: unknown): Plain {
  return toPlain(unwrap(message), '');
}

/** A protobufjs message says itself how its enums are called. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const type: unknown = Reflect.get(value, 'constructor');
  return isMessageClass(type) ? type.toObject(value, { enums: String, longs: String }) : value;
}

function isMessageClass(type: unknown): type is MessageClass {
  return typeof type === 'function' && 'toObject' in type;
}

function toPlain(value: unknown, field: string): Plain {
  switch (typeof value) {
    case 'string':
      return field.endsWith('Time') ? isoOf(value) : value;
    case 'boolean':
    case 'number':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : objectToPlain(value, field);
    default:
      return null;
  }
}

/** REST writes times with up to nine digits; the same instant is written in one way here. */
function isoOf(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}

function objectToPlain(value: object, field: string): Plain {
  if (Array.isArray(value)) return value.map((item) => toPlain(unwrap(item), ''));
  if (isLong(value)) return value.toString();
  if (isSeconds(value)) return field.endsWith('Time') ? timeOf(value) : durationOf(value);
  const entries = Object.entries(value)
    // `_tag: "tag"` only tells which optional fields are set; an unset one is absent, not null.
    .filter(([name, item]) => !name.startsWith('_') && item !== null && item !== undefined)
    .map(([name, item]) => [name, toPlain(unwrap(item), name)] as const);
  return Object.fromEntries(entries);
}

interface Long {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
  toString(): string;
}

function isLong(value: object): value is Long {
  return 'low' in value && 'high' in value && 'unsigned' in value;
}

/** Timestamp and Duration: seconds (number, string or Long) and perhaps nanos, nothing else. */
interface Seconds {
  readonly seconds?: unknown;
  readonly nanos?: unknown;
}

function isSeconds(value: object): value is Seconds {
  const names = Object.keys(value).filter((name) => !name.startsWith('_'));
  return names.includes('seconds') && names.every((name) => name === 'seconds' || name === 'nanos');
}

function secondsOf({ seconds }: Seconds): number {
  return typeof seconds === 'object' && seconds !== null && isLong(seconds)
    ? Number(seconds.toString())
    : Number(seconds);
}

function timeOf(value: Seconds): string {
  const ms = secondsOf(value) * 1000 + Math.floor(Number(value.nanos ?? 0) / 1e6);
  return new Date(ms).toISOString();
}

function durationOf(value: Seconds): string {
  const nanos = Number(value.nanos ?? 0);
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${String(secondsOf(value))}${fraction}s`;
}
