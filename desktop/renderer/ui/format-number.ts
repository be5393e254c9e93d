/** Between a number and its unit. */
export const THIN_SPACE = '\u2009';

/** What stands where there is no value. */
export const NO_VALUE = '–';

/** A number and its unit, apart, so that the unit can be drawn lighter. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Three significant digits: 0.41, 8.71, 87.1, 871, 1,240. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return whole.format(value);
  if (size >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

/** As three digits, but without decimals that say nothing: 20 instead of 20.0. */
function trimmed(value: number): string {
  return Number.isInteger(value) ? whole.format(value) : threeDigits(value);
}

const quantity = (value: string, unit: string): Quantity => ({ value, unit });
const missing = (unit: string): Quantity => quantity(NO_VALUE, unit);

/** 0.42 ms, 8.71 ms, 871 ms, 1.24 s. */
export function latency(ms: number | null): Quantity {
  if (ms === null) return missing('ms');
  if (Math.abs(ms) < 999.5) return quantity(threeDigits(ms), 'ms');
  return quantity(threeDigits(ms / 1_000), 's');
}

/** 312 /s, 0.20 /s. */
export function perSecond(rate: number | null): Quantity {
  return rate === null ? missing('/s') : quantity(trimmed(rate), '/s');
}

/** A ratio 0..1 as percent: 0.41 %. */
export function percent(ratio: number | null): Quantity {
  if (ratio === null) return missing('%');
  return quantity(ratio === 0 ? '0.00' : threeDigits(ratio * 100), '%');
}

/** A share that is a whole percent already: 100 %. */
export function wholePercent(share: number): string {
  return `${whole.format(share)}${THIN_SPACE}%`;
}

/** 1,240 requests. */
export function count(value: number | null): string {
  return value === null ? NO_VALUE : whole.format(value);
}

/** Number and unit as one text, a thin space between; a missing value has no unit. */
export function text({ value, unit }: Quantity): string {
  return unit === '' || value === NO_VALUE ? value : `${value}${THIN_SPACE}${unit}`;
}
