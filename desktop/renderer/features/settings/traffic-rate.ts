const MAX_PER_SECOND = 500;

/** What is wrong with a typed rate, or null. Main refuses the same by the contract. */
export function rateProblem(text: string): string | null {
  if (!/^\d+$/.test(text.trim())) return 'A whole number.';
  const rate = Number(text);
  return rate >= 1 && rate <= MAX_PER_SECOND ? null : 'From 1 to 500.';
}
