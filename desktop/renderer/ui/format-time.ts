import { THIN_SPACE, threeDigits } from './format-number.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const hourMinute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

const unit = (value: number | string, name: string): string => `${value}${THIN_SPACE}${name}`;

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** 14:02:58 local. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** 14:02, for axes. */
export function shortClock(at: number): string {
  return hourMinute.format(at);
}

/** The clock today, `yesterday 14:02`, else the date with the clock. */
export function moment(at: number, now: number): string {
  if (isSameDay(at, now)) return clockTime(at);
  if (isSameDay(at, now - DAY)) return `yesterday ${shortClock(at)}`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return `${(sameYear ? dayMonth : dayMonthYear).format(at)} ${shortClock(at)}`;
}

/** As `moment` without seconds, for narrow lists. */
export function shortMoment(at: number, now: number): string {
  return isSameDay(at, now) ? shortClock(at) : moment(at, now);
}

/** The full value for tooltips: 2026-11-25 14:02:58.123. */
export function fullTime(at: number): string {
  const date = new Date(at);
  const local = new Date(at - date.getTimezoneOffset() * MINUTE);
  return local.toISOString().replace('T', ' ').replace('Z', '');
}

/** How old something is, in whole units that don't flicker: 0 s, 12 s, 4 min, 3 h 12 min, 2 d. */
export function age(ms: number): string {
  const past = Math.max(0, ms);
  if (past < MINUTE) return unit(Math.floor(past / SECOND), 's');
  if (past < HOUR) return unit(Math.floor(past / MINUTE), 'min');
  if (past < DAY) {
    const minutes = Math.floor((past % HOUR) / MINUTE);
    const hours = unit(Math.floor(past / HOUR), 'h');
    return minutes === 0 ? hours : `${hours} ${unit(minutes, 'min')}`;
  }
  return unit(Math.floor(past / DAY), 'd');
}

/** `just now`, then `12 s ago`. */
export function ago(at: number, now: number): string {
  const past = now - at;
  return past < 2 * SECOND ? 'just now' : `${age(past)} ago`;
}

/** How long something took: 212 ms, 1.42 s, 38 s, 4 min 12 s. */
export function elapsed(ms: number): string {
  const took = Math.max(0, ms);
  if (took < SECOND) return unit(Math.round(took), 'ms');
  if (took < 10 * SECOND) return unit(threeDigits(took / SECOND), 's');
  if (took < MINUTE) return unit((took / SECOND).toFixed(1), 's');
  return `${unit(Math.floor(took / MINUTE), 'min')} ${unit(Math.floor((took % MINUTE) / SECOND), 's')}`;
}

/** `usually 40–55 s`. */
export function usual({ low, high }: { readonly low: number; readonly high: number }): string {
  if (high < SECOND) return `usually ${Math.round(low)}–${unit(Math.round(high), 'ms')}`;
  const digits = high < 10 * SECOND ? 1 : 0;
  const from = (low / SECOND).toFixed(digits);
  const to = (high / SECOND).toFixed(digits);
  return from === to ? `usually ${unit(to, 's')}` : `usually ${from}–${unit(to, 's')}`;
}
