/** A repeatable random number 0..1 for each step: pictures of the gallery are the same every time. */
export function noise(step: number, salt = 0): number {
  const x = Math.sin(step * 12.9898 + salt * 78.233) * 43758.5453;
  return x - Math.floor(x);
}

/** A quiet line around `base` with some life in it. */
export function wave(step: number, base: number, salt = 0): number {
  const slow = Math.sin(step / 17 + salt) * 0.12 + Math.sin(step / 5.3 + salt * 2) * 0.06;
  return base * (1 + slow + (noise(step, salt) - 0.5) * 0.22);
}
