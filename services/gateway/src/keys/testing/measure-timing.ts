/** A kind of input, and one of its texts for the n-th sample. */
export interface TimedKind {
  readonly name: string;
  readonly text: (n: number) => string;
}

/** How two kinds differ in time. */
export interface Contrast {
  readonly kinds: string;
  /** Welch's t over all samples; beyond 4.5 either way the two can be told apart. */
  readonly t: number;
  /** Difference of the means without the slowest tenth, which is the machine's and not the code's. */
  readonly trimmedNs: number;
}

const WARM_UP = 5_000;
const KEPT = 0.9;

/**
 * Times the call on texts of every kind. Kinds alternate in random order, so that whatever else the
 * machine does hits all of them alike.
 */
export function measureTiming(
  kinds: readonly TimedKind[],
  samples: number,
  call: (text: string) => unknown,
): Contrast[] {
  const times = kinds.map(() => new Float64Array(samples));
  for (let n = -WARM_UP; n < samples; n += 1) {
    const first = Math.floor(Math.random() * kinds.length);
    for (let i = 0; i < kinds.length; i += 1) {
      const at = (first + i) % kinds.length;
      const text = kinds[at]?.text(Math.abs(n)) ?? '';
      const before = performance.now();
      call(text);
      const took = (performance.now() - before) * 1e6;
      const column = times[at];
      if (n >= 0 && column !== undefined) column[n] = took;
    }
  }
  return contrasts(
    kinds.map((kind) => kind.name),
    times,
  );
}

function contrasts(names: readonly string[], times: readonly Float64Array[]): Contrast[] {
  const limit = quantile(times, KEPT);
  const found: Contrast[] = [];
  for (const [i, a] of times.entries()) {
    for (const [j, b] of times.entries()) {
      if (j <= i) continue;
      const trimmed = (column: Float64Array): number => mean(column.filter((ns) => ns <= limit));
      found.push({
        kinds: `${names[i] ?? ''} / ${names[j] ?? ''}`,
        t: welch(a, b),
        trimmedNs: trimmed(a) - trimmed(b),
      });
    }
  }
  return found;
}

function welch(a: Float64Array, b: Float64Array): number {
  return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

function quantile(times: readonly Float64Array[], share: number): number {
  const all = Float64Array.from(times.flatMap((column) => [...column])).sort();
  return all[Math.floor((all.length - 1) * share)] ?? Infinity;
}
