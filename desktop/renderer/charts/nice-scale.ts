/** Tops that divide by two and by four without odd digits. */
const STEPS = [1, 2, 4, 5, 8, 10] as const;

/**
 * The smallest round number that leaves some room above the largest value. Round tops keep the axis
 * still while values move.
 *
 * @param least top when there is nothing to show or it is very small
 */
export function niceTop(largest: number, least: number): number {
  const wanted = largest * 1.04;
  if (!Number.isFinite(wanted) || wanted <= least) return least;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = STEPS.find((factor) => factor * power >= wanted) ?? 10;
  return step * power;
}

/** Where the horizontal lines stand: zero, the top, and even parts between. */
export function evenSplits(top: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, index) => (top * index) / parts);
}
