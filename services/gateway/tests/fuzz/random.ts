/** A stream of numbers that is the same for the same seed and index, on every machine. */
export interface Random {
  /** 0 <= value < below. */
  int: (below: number) => number;
  /** True once in `times`. */
  once: (times: number) => boolean;
  pick: <T>(from: readonly [T, ...T[]]) => T;
}

/** Every input has a generator of its own, so that one can be made again without those before it. */
export function randomFor(seed: number, index: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0;
  // Mulberry32: 32 bits of state are plenty for the few hundred draws of one input.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const int = (below: number): number => next() % below;
  return {
    int,
    once: (times) => int(times) === 0,
    pick: (from) => from[int(from.length)] ?? from[0],
  };
}
