/** Requests by method are added up in place. */
export function addMethods(
  sum: Record<string, number>,
  more: Readonly<Record<string, number>>,
): void {
  for (const [method, requests] of Object.entries(more)) {
    sum[method] = (sum[method] ?? 0) + requests;
  }
}
