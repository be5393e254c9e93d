import type { ReactElement } from 'react';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { count } from '../../ui/format-number.ts';
import { limitShare } from './key-state.ts';
import type { KeyCounts } from './key-usage.ts';

interface LimitGaugeProps {
  readonly apiKey: ApiKey;
  readonly usage: KeyCounts | undefined;
}

/** Requests of the last minute against the key's limit; without a limit just the number. */
export function LimitGauge({ apiKey, usage }: LimitGaugeProps): ReactElement {
  const lastMinute = usage?.lastMinute ?? null;
  if (lastMinute === null) return <span className="meta">–</span>;
  const share = limitShare(apiKey, usage);
  if (share === null) {
    return (
      <span className="num">
        {count(lastMinute)} <span className="unit">/min</span>
      </span>
    );
  }
  const words = `${count(lastMinute)} of ${count(apiKey.rateLimitPerMinute)} in the last minute`;
  return (
    <span
      className={share === 1 ? 'gauge gauge-full' : 'gauge'}
      role="img"
      aria-label={words}
      title={words}
    >
      <span style={{ width: `${String(share * 100)}%` }} />
    </span>
  );
}

/** `120 /min`, or that there is none. */
export function LimitWords({ apiKey }: { readonly apiKey: ApiKey }): ReactElement {
  if (apiKey.rateLimitPerMinute === null) return <span className="meta">no limit</span>;
  return (
    <span className="num">
      {count(apiKey.rateLimitPerMinute)} <span className="unit">/min</span>
    </span>
  );
}
