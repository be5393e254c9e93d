import type { ReactElement } from 'react';
import type { TrafficShare } from '../../shared/domain/traffic.ts';
import { classNames } from './class-names.ts';
import { wholePercent } from './format-number.ts';

const CATEGORIES = 6;

/** Class of the n-th category, c1 to c6; the rest shares the last. */
export function categoryClass(index: number): string {
  return `cat-${Math.min(index + 1, CATEGORIES)}`;
}

interface TrafficBarProps {
  readonly shares: readonly TrafficShare[];
  readonly tall?: boolean;
  /** Draws names and percents under the bar. */
  readonly legend?: boolean;
}

/** How a service's traffic is split over its revisions. */
export function TrafficBar({ shares, tall, legend = false }: TrafficBarProps): ReactElement {
  const served = shares.filter((share) => share.percent > 0);
  const words = served.map((share) => `${share.revision} ${String(share.percent)} %`).join(', ');
  return (
    <>
      <div
        className={classNames('traffic-bar', tall === true && 'traffic-bar-tall')}
        role="img"
        aria-label={words === '' ? 'No traffic' : `Traffic: ${words}`}
      >
        {served.map((share, index) => (
          <span
            key={share.revision}
            className={categoryClass(index)}
            style={{ flexGrow: share.percent, flexBasis: 0 }}
            title={`${share.revision} ${String(share.percent)} %`}
          />
        ))}
      </div>
      {legend && (
        <ul className="traffic-legend">
          {served.map((share, index) => (
            <li key={share.revision}>
              {served.length > 1 && <i className={`traffic-key ${categoryClass(index)}`} />}
              <span className="mono">{share.revision}</span> {wholePercent(share.percent)}
              {share.tag !== null && ` · ${share.tag}`}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
