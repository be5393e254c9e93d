/** A word beside a vertical line. */
export interface PlacedLabel {
  readonly x: number;
  readonly align: 'left' | 'right';
  /** Line of text from the top, 0 is the first. */
  readonly row: number;
}

interface Wanted {
  /** Position of its line. */
  readonly x: number;
  readonly width: number;
}

const GAP = 8;
const MAX_ROWS = 3;

/** Words go to the right of their line, or to the left where the picture ends. */
function spanOf({ x, width }: Wanted, right: number): readonly [start: number, end: number] {
  return x + GAP + width <= right ? [x + GAP, x + GAP + width] : [x - GAP - width, x - GAP];
}

/**
 * Places words so that none covers another: in the first row where it fits, else a row lower, else
 * not at all (the line and its diamond stay).
 *
 * @param labels from left to right
 */
export function placeLabels(
  labels: readonly Wanted[],
  right: number,
): readonly (PlacedLabel | null)[] {
  const ends: number[] = [];
  return labels.map((label) => {
    const [start, end] = spanOf(label, right);
    for (let row = 0; row < MAX_ROWS; row += 1) {
      if (start < (ends[row] ?? -Infinity) + GAP) continue;
      ends[row] = end;
      return start > label.x ? { x: start, align: 'left', row } : { x: end, align: 'right', row };
    }
    return null;
  });
}
