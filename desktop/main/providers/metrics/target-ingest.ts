import { HistogramDraft } from './histogram-draft.ts';
import type { MetricSeries, ScalarSeries } from './metric-series.ts';
import type { MetricType, SeriesId } from './parse-exposition.ts';
import { ExpositionError, parseNumber, parseSeries, scanExposition } from './parse-exposition.ts';
import { SampleLog } from './sample-log.ts';

/** Where the number of a line goes. */
type Slot =
  | { readonly kind: 'scalar'; readonly series: ScalarSeries; zero: boolean }
  | { readonly kind: 'bucket'; readonly draft: HistogramDraft; readonly index: number }
  | { readonly kind: 'sum'; readonly draft: HistogramDraft }
  | { readonly kind: 'ignored' };

const IGNORED: Slot = { kind: 'ignored' };
const HISTOGRAM_PART = /^(.+)_(bucket|sum|count)$/;

interface Line {
  readonly slot: Slot;
  readonly value: number;
}

export interface IngestLimits {
  /** Lines of one target that are kept; what is beyond is counted and dropped (metrics 2.9). */
  readonly maxSeries: number;
  /** Samples per series. */
  readonly maxSamples: number;
}

/** Turns the expositions of one instance into series. Knows every line after its first scrape. */
export class TargetIngest {
  readonly #limits: IngestLimits;
  readonly #slots = new Map<string, Slot>();
  readonly #types = new Map<string, MetricType>();
  readonly #drafts = new Map<string, HistogramDraft>();
  readonly #byName = new Map<string, MetricSeries[]>();
  #dropped = 0;

  constructor(limits: IngestLimits) {
    this.#limits = limits;
  }

  /** Lines that were dropped because of the limit, for the console's own log. */
  get dropped(): number {
    return this.#dropped;
  }

  seriesOf(name: string): readonly MetricSeries[] {
    return this.#byName.get(name) ?? [];
  }

  names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /**
   * Adds one scrape. Throws ExpositionError, and then nothing of it was added.
   *
   * @param previousAt time of the instance's last good scrape, null before the first: a counter that
   *   appears after it began at zero, so that its first requests are counted too
   */
  ingest(text: string, at: number, previousAt: number | null): void {
    const lines: Line[] = [];
    scanExposition(text, {
      type: (family, type) => this.#types.set(family, type),
      sample: (series, value, line) => lines.push({ slot: this.#slotOf(series, line), value }),
    });
    for (const line of lines) put(line, at, previousAt);
    for (const draft of this.#drafts.values()) draft.finish(at, previousAt);
  }

  #slotOf(series: string, line: number): Slot {
    const known = this.#slots.get(series);
    if (known !== undefined) return known;
    const id = parseSeries(series);
    if (id === null) throw new ExpositionError(line, 'the labels are malformed');
    if (this.#slots.size >= this.#limits.maxSeries) {
      // Not remembered either: the map is as bounded as the series.
      this.#dropped += 1;
      return IGNORED;
    }
    const slot = this.#histogramSlot(id) ?? this.#scalarSlot(id);
    this.#slots.set(series, slot);
    return slot;
  }

  #histogramSlot(id: SeriesId): Slot | null {
    const [, family, part] = HISTOGRAM_PART.exec(id.name) ?? [];
    if (family === undefined || this.#types.get(family) !== 'histogram') return null;
    const { le, ...labels } = id.labels;
    const draft = this.#draftOf(family, labels);
    if (part === 'sum') return { kind: 'sum', draft };
    // The count is the +Inf bucket, which every histogram has.
    if (part === 'count') return IGNORED;
    const bound = parseNumber(le ?? '');
    if (bound === null || Number.isNaN(bound)) return IGNORED;
    return { kind: 'bucket', draft, index: draft.slotOf(bound) };
  }

  #draftOf(name: string, labels: Readonly<Record<string, string>>): HistogramDraft {
    const key = JSON.stringify([name, Object.entries(labels).sort()]);
    const known = this.#drafts.get(key);
    if (known !== undefined) return known;
    const samples = new SampleLog<never>(this.#limits.maxSamples);
    const draft = new HistogramDraft({ kind: 'histogram', name, labels, samples });
    this.#drafts.set(key, draft);
    this.#register(draft.series);
    return draft;
  }

  #scalarSlot({ name, labels }: SeriesId): Slot {
    const type = this.#types.get(name) ?? 'untyped';
    const samples = new SampleLog<number>(this.#limits.maxSamples);
    const series: ScalarSeries = { kind: 'scalar', name, labels, type, samples };
    this.#register(series);
    return { kind: 'scalar', series, zero: type === 'counter' };
  }

  #register(series: MetricSeries): void {
    const list = this.#byName.get(series.name);
    if (list === undefined) this.#byName.set(series.name, [series]);
    else list.push(series);
  }
}

function put({ slot, value }: Line, at: number, previousAt: number | null): void {
  switch (slot.kind) {
    case 'scalar':
      if (slot.zero && previousAt !== null) slot.series.samples.push(previousAt, 0);
      slot.zero = false;
      slot.series.samples.push(at, value);
      break;
    case 'bucket':
      slot.draft.setBucket(slot.index, value);
      break;
    case 'sum':
      slot.draft.setSum(value);
      break;
    case 'ignored':
      break;
  }
}
