import { normalUpperTail } from './normal-tail.ts';

/**
 * Significance level of one look of several at data that grows: what the spending function of
 * O'Brien and Fleming's kind allows until this look less what it allowed before (K. K. G. Lan, D. L.
 * DeMets, Biometrika 70 (1983), p. 659). Early looks get little, and all looks together at most
 * `alpha`, however often one looks (the looks' overlap is not used: careful, never too lax).
 *
 * @param look this look, from 1; looks are evenly spaced
 * @param looks how many there will be
 */
export function alphaAtLook(alpha: number, look: number, looks: number): number {
  return spent(alpha, look / looks) - (look > 1 ? spent(alpha, (look - 1) / looks) : 0);
}

function spent(alpha: number, share: number): number {
  return 2 * normalUpperTail(normalQuantile(1 - alpha / 2) / Math.sqrt(share));
}

/** The z below which the given probability lies, found by halving: exact enough and plainly right. */
function normalQuantile(probability: number): number {
  let [low, high] = [-10, 10];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (1 - normalUpperTail(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
