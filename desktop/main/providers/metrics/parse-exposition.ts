/**
 * Prometheus text format 0.0.4, strict: what isn't that format is an error with its line, never a
 * guess. Exemplars and OpenMetrics' extras are not asked for, so they are not accepted either.
 */

/** Why an exposition can't be read. */
export class ExpositionError extends Error {
  constructor(line: number, problem: string) {
    super(`line ${String(line)}: ${problem}`);
    this.name = 'ExpositionError';
  }
}

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

export interface ExpositionVisitor {
  type(family: string, type: MetricType): void;
  /**
   * One sample. `series` is its name and labels as they stand in the text: a target writes them
   * alike in every scrape, so it can be looked up before anything is parsed.
   */
  sample(series: string, value: number, line: number): void;
}

export interface SeriesId {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\\n]|\\["\\n])*)"[ \t]*(,?)[ \t]*/y;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const TIMESTAMP = /^-?\d+$/;

/** Reads a whole exposition and reports types and samples in their order. Throws ExpositionError. */
export function scanExposition(text: string, visitor: ExpositionVisitor): void {
  let start = 0;
  for (let number = 1; start < text.length; number += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    scanLine({ text: text.slice(start, end), number }, visitor);
    start = end + 1;
  }
}

interface Line {
  readonly text: string;
  readonly number: number;
}

function scanLine(line: Line, visitor: ExpositionVisitor): void {
  const text = line.text.trim();
  if (text === '') return;
  if (text.startsWith('#')) {
    scanComment({ ...line, text }, visitor);
    return;
  }
  const split = endOfSeries(text);
  if (split <= 0) throw new ExpositionError(line.number, 'a sample needs a name and a value');
  const value = parseValue(text.slice(split).trim());
  if (value === null) throw new ExpositionError(line.number, 'the value is not a number');
  visitor.sample(text.slice(0, split), value, line.number);
}

/** Values and timestamps hold no brace, so the last one closes the labels whatever these contain. */
function endOfSeries(text: string): number {
  const brace = text.lastIndexOf('}');
  if (brace >= 0) return brace + 1;
  const blank = text.search(/[ \t]/);
  return blank;
}

function scanComment(line: Line, visitor: ExpositionVisitor): void {
  const [, keyword, family, type] = line.text.split(/[ \t]+/, 4);
  if (keyword !== 'TYPE') return;
  if (family === undefined || type === undefined || !NAME.test(family) || !isType(type)) {
    throw new ExpositionError(line.number, 'TYPE needs a metric name and a known type');
  }
  visitor.type(family, type);
}

function isType(word: string): word is MetricType {
  return TYPES.has(word);
}

function parseValue(text: string): number | null {
  const blank = text.search(/[ \t]/);
  if (blank < 0) return parseNumber(text);
  return TIMESTAMP.test(text.slice(blank).trim()) ? parseNumber(text.slice(0, blank)) : null;
}

/** A number as the format writes it, or null. Also reads the `le` of a bucket. */
export function parseNumber(text: string): number | null {
  if (DECIMAL.test(text)) return Number(text);
  switch (text.toLowerCase()) {
    case '+inf':
    case 'inf':
      return Infinity;
    case '-inf':
      return -Infinity;
    case 'nan':
      return NaN;
    default:
      return null;
  }
}

/** Takes a sample's series text apart. Null when it isn't `name` or `name{label="value",...}`. */
export function parseSeries(text: string): SeriesId | null {
  const brace = text.indexOf('{');
  const name = (brace < 0 ? text : text.slice(0, brace)).trim();
  if (!NAME.test(name)) return null;
  if (brace < 0) return { name, labels: {} };
  const labels = parseLabels(text.slice(brace + 1, -1).trim());
  return labels === null ? null : { name, labels };
}

function parseLabels(text: string): Readonly<Record<string, string>> | null {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    const [, name, value, comma] = match ?? [];
    if (name === undefined || value === undefined || name in labels) return null;
    labels[name] = value.replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    if (comma === '' && LABEL.lastIndex < text.length) return null;
  }
  return labels;
}
