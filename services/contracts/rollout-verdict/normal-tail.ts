/**
 * P(Z > z) of the standard normal distribution, relative error below 1.2e-7 everywhere: the
 * Chebyshev fit of erfc by W. H. Press et al., Numerical Recipes, 2nd ed., section 6.2 (erfcc).
 */
export function normalUpperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398,
    1.48851587, -0.82215223, 0.17087277,
  ];
  const fit = terms.reduceRight((sum, term) => sum * t + term, 0);
  const tail = (t * Math.exp(-x * x + fit)) / 2;
  return z >= 0 ? tail : 1 - tail;
}
