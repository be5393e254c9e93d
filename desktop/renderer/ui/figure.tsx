import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { NO_VALUE, text, THIN_SPACE } from './format-number.ts';
import type { Quantity } from './format-number.ts';

interface FigureProps {
  readonly label: string;
  readonly quantity: Quantity;
  readonly tone?: 'plain' | 'warn' | 'bad';
  /** The full value. */
  readonly title?: string;
}

/** A number with its name over it and its unit beside it. */
export function Figure({ label, quantity, tone = 'plain', title }: FigureProps): ReactElement {
  const isMissing = quantity.value === NO_VALUE;
  return (
    <div
      className={classNames('figure', `figure-${isMissing ? 'none' : tone}`)}
      title={title ?? text(quantity)}
    >
      <span className="figure-label">{label}</span>
      <span className="figure-value">
        {quantity.value}
        {!isMissing && <span className="figure-unit">{quantity.unit}</span>}
      </span>
    </div>
  );
}

/** A number in a table cell, its unit in lighter grey. */
export function Amount({ quantity }: { readonly quantity: Quantity }): ReactElement {
  if (quantity.value === NO_VALUE) return <span className="unit">{NO_VALUE}</span>;
  return (
    <span className="num">
      {quantity.value}
      <span className="unit">{`${THIN_SPACE}${quantity.unit}`}</span>
    </span>
  );
}

interface PairsProps {
  readonly pairs: readonly { readonly label: string; readonly value: ReactNode }[];
}

/** Names and values, one per line. */
export function Pairs({ pairs }: PairsProps): ReactElement {
  return (
    <dl className="pairs">
      {pairs.map((pair) => (
        <div key={pair.label} style={{ display: 'contents' }}>
          <dt>{pair.label}</dt>
          <dd>{pair.value}</dd>
        </div>
      ))}
    </dl>
  );
}
