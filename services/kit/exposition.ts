import type { Exemplar, Family, SeriesSet } from './metric-family.ts';

/** The two text formats that Prometheus reads. */
export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Values and exemplars of all cells. */
export interface Cells {
  readonly values: Float64Array;
  readonly exemplars: readonly (Exemplar | undefined)[];
}

/** Which format an `Accept` header asks for; without a wish the older one. */
export function negotiate(accept: string | undefined): ExpositionFormat {
  if (accept?.includes('application/openmetrics-text') !== true) return 'prometheus';
  const wishes = accept.split(',').map((entry) => entry.trim().toLowerCase());
  const weight = (type: string): number =>
    Math.max(0, ...wishes.filter((wish) => wish.startsWith(type)).map(qualityOf));
  const open = weight('application/openmetrics-text');
  return open > 0 && open >= weight('text/plain') ? 'openmetrics' : 'prometheus';
}

function qualityOf(wish: string): number {
  const q = /;\s*q=([\d.]+)/.exec(wish)?.[1];
  return q === undefined ? 1 : Number(q);
}

/** Writes all families in the given format. */
export function writeExposition(
  families: readonly Family[],
  cells: Cells,
  format: ExpositionFormat,
): string {
  const lines: string[] = [];
  for (const family of families) {
    writeHead(lines, family, format);
    for (const set of family.sets) {
      if (family.kind === 'histogram') writeHistogram(lines, { family, set, cells, format });
      else lines.push(`${family.name}${braced(set.labels)} ${number(cells.values[set.cell])}`);
    }
  }
  if (format === 'openmetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

function writeHead(lines: string[], family: Family, format: ExpositionFormat): void {
  const { kind, name, help } = family;
  // OpenMetrics names a counter's family without the suffix that its samples have.
  const shown =
    format === 'openmetrics' && kind === 'counter' ? name.slice(0, -'_total'.length) : name;
  const plain = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const text = format === 'openmetrics' ? plain.replaceAll('"', '\\"') : plain;
  lines.push(`# HELP ${shown} ${text}`, `# TYPE ${shown} ${kind}`);
}

interface HistogramLines {
  readonly family: Family;
  readonly set: SeriesSet;
  readonly cells: Cells;
  readonly format: ExpositionFormat;
}

/** Cells hold one count per bucket; both formats want them added up. */
function writeHistogram(lines: string[], { family, set, cells, format }: HistogramLines): void {
  const { name, bounds } = family;
  const rest = set.labels === '' ? '' : `,${set.labels}`;
  let count = 0;
  for (let i = 0; i <= bounds.length; i += 1) {
    const cell = set.cell + i;
    count += cells.values[cell] ?? 0;
    const bound = bounds[i] ?? Infinity;
    const le = format === 'openmetrics' ? canonical(bound) : number(bound);
    const exemplar = format === 'openmetrics' ? exemplarText(cells.exemplars[cell]) : '';
    lines.push(`${name}_bucket{le="${le}"${rest}} ${number(count)}${exemplar}`);
  }
  const sum = cells.values[set.cell + bounds.length + 1];
  const labels = braced(set.labels);
  lines.push(`${name}_sum${labels} ${number(sum)}`, `${name}_count${labels} ${number(count)}`);
}

/** Trace id only: it is what leads from a bucket to the log line and to the trace. */
function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const at = (exemplar.atMs / 1_000).toFixed(3);
  return ` # {trace_id="${exemplar.traceId}"} ${number(exemplar.value)} ${at}`;
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}

function number(value = 0): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

/** OpenMetrics wants the bound 1 as `1.0`. */
function canonical(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : number(bound);
}
