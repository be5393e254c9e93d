import type { UsageBasis } from '../../../shared/domain/cost/cost-report.ts';

const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const months = new Intl.DateTimeFormat('en-US', {
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const amounts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const prices = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** `$4.93`; what is not nothing is never shown as nothing. */
export function dollars(usd: number): string {
  return usd > 0 && usd < 0.005 ? '< $0.01' : money.format(usd);
}

/** `+$6.57`, `−$0.40`, `no change`. */
export function dollarChange(from: number, to: number): string {
  const change = to - from;
  if (Math.abs(change) < 0.005) return 'no change';
  return `${change > 0 ? '+' : '−'}${money.format(Math.abs(change))}`;
}

/** `November 2026` of `2026-11-01`. */
export function tableMonth(date: string): string {
  return months.format(new Date(date));
}

/** `1,240,000`. */
export function units(value: number): string {
  return amounts.format(value);
}

/** `$0.000024`. */
export function unitPrice(usd: number): string {
  return `$${prices.format(usd)}`;
}

/** What has to be said beside every figure. */
export function priceNote(of: {
  readonly billed: boolean;
  readonly tableDate: string;
  readonly isStale: boolean;
}): string {
  const list = `list prices of ${tableMonth(of.tableDate)}`;
  const age = of.isStale ? `${list}, older than six months` : list;
  return of.billed ? `Estimate, ${age}.` : `No cost on this machine. On Cloud Run: ${age}.`;
}

/** Whether the figure is made of what was measured or of what is assumed. */
export function basisWords({ source }: UsageBasis): string {
  return source === 'measured' ? 'By measured use.' : 'By assumed use.';
}
