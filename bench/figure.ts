/** How one measured figure is written down, here and by the end-to-end run. */
export interface Figure {
  /** `subject.name`, stable: later runs are compared by it. */
  readonly id: string;
  /** null when it could not be measured; `note` then says why. */
  readonly value: number | null;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** What we aim at, and the limit at which a run fails; null where there is none. */
  readonly goal: number | null;
  readonly hard: number | null;
  readonly samples: number;
  /** Figures of the same run, by peer. A peer that isn't installed is null, never zero. */
  readonly peers: Readonly<Record<string, number | null>>;
  /** The command that measured it. */
  readonly command: string;
  readonly note?: string;
}

/** Does the figure break its hard limit? A figure that is missing breaks nothing. */
export function breaksLimit(figure: Figure): boolean {
  if (figure.value === null || figure.hard === null) return false;
  return figure.better === 'lower' ? figure.value > figure.hard : figure.value < figure.hard;
}

/** Middle value; the mean of the two middle ones for an even count; null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  if (upper === undefined) return null;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? upper;
  return (lower + upper) / 2;
}

/** Three significant digits, as a number. */
export function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}
