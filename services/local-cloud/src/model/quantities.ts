/** Bytes of a suffix as Kubernetes writes quantities. */
const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** Thousandths of a CPU; one CPU when nothing is said, NaN when it is no quantity. */
export function cpuMillis(quantity: string | undefined): number {
  if (quantity === undefined || quantity === '') return 1000;
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity);
  if (match === null) return Number.NaN;
  return Math.round(Number(match[1]) * (match[2] === 'm' ? 1 : 1000));
}

/** Bytes of a quantity of memory; NaN when it is none. */
export function memoryBytes(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMG]?|[KMG]i)$/.exec(quantity);
  return match === null ? Number.NaN : Number(match[1]) * (BYTES[match[2] ?? ''] ?? Number.NaN);
}
