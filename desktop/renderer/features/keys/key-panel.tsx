import type { ReactElement, ReactNode } from 'react';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { keyStatus, visibleKey } from '../../../shared/domain/api-key.ts';
import { useNow } from '../../api/use-now.ts';
import { Sparkline } from '../../charts/sparkline.tsx';
import { Button } from '../../ui/button.tsx';
import { Pairs } from '../../ui/figure.tsx';
import { count } from '../../ui/format-number.ts';
import { fullTime, moment } from '../../ui/format-time.ts';
import { Panel } from '../../ui/panel.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { CallExample } from './call-example.tsx';
import { keyState, limitShare } from './key-state.ts';
import { LimitWords } from './key-limit.tsx';
import { spanLabel, spanWords } from './key-usage.ts';
import type { KeyCounts, UsedHour } from './key-usage.ts';

interface KeyPanelProps {
  readonly apiKey: ApiKey;
  readonly usage: KeyCounts | undefined;
  /** Null when it isn't measured yet. */
  readonly hour: UsedHour | null;
  readonly gatewayUrl: string | null;
  readonly onRevoke: (key: ApiKey) => void;
}

function timeOrWord(iso: string | null, now: number, word: string): ReactNode {
  if (iso === null) return <span className="meta">{word}</span>;
  const at = Date.parse(iso);
  return <span title={fullTime(at)}>{moment(at, now)}</span>;
}

function detailsOf(key: ApiKey, now: number): { label: string; value: ReactNode }[] {
  const rows = [
    { label: 'Key', value: <span className="mono">{visibleKey(key)}</span> },
    { label: 'Environment', value: key.environment },
    { label: 'Limit', value: <LimitWords apiKey={key} /> },
    { label: 'Created', value: timeOrWord(key.createdAt, now, 'unknown') },
    { label: 'Expires', value: timeOrWord(key.expiresAt, now, 'never') },
    { label: 'Last used', value: timeOrWord(key.lastUsedAt, now, 'never') },
  ];
  if (key.revokedAt === null) return rows;
  const reason = key.revokeReason === null || key.revokeReason === '' ? '' : key.revokeReason;
  return [
    ...rows,
    { label: 'Revoked', value: timeOrWord(key.revokedAt, now, '') },
    ...(reason === '' ? [] : [{ label: 'Reason', value: reason }]),
  ];
}

type UsageProps = Pick<KeyPanelProps, 'apiKey' | 'usage' | 'hour'>;

function UsageSection(props: UsageProps): ReactElement {
  const { usage, hour } = props;
  return (
    <section className="key-section">
      <h3>Usage</h3>
      {hour === null && <p className="meta">Not measured yet.</p>}
      {hour?.total === 0 && <p className="meta">{`No request ${spanWords(hour)}.`}</p>}
      {hour !== null && hour.total > 0 && usage !== undefined && (
        <UsedHourLines apiKey={props.apiKey} usage={usage} hour={hour} />
      )}
    </section>
  );
}

interface UsedHourLinesProps {
  readonly apiKey: ApiKey;
  readonly usage: KeyCounts;
  readonly hour: UsedHour;
}

function UsedHourLines({ apiKey, usage, hour }: UsedHourLinesProps): ReactElement {
  const lastMinute = usage.lastMinute === null ? '–' : count(usage.lastMinute);
  return (
    <>
      <Sparkline
        values={usage.perMinute}
        width={258}
        height={44}
        tone={limitShare(apiKey, usage) === 1 ? 'warn' : 'plain'}
        label={`Requests per minute ${spanWords(hour)}, now ${lastMinute}`}
      />
      <p className="key-line sub">
        <span>last minute</span>
        <b className="num">{lastMinute}</b>
      </p>
      <p className="key-line sub">
        <span>{spanLabel(hour)}</span>
        <b className="num">{count(hour.total)}</b>
      </p>
    </>
  );
}

/** Everything about one key, how to call the gateway with it, and the way to end it. */
export function KeyPanel(props: KeyPanelProps): ReactElement {
  const { apiKey, usage, hour, gatewayUrl, onRevoke } = props;
  const now = useNow();
  const { tone, word } = keyState(apiKey, usage, now);
  const isRevoked = keyStatus(apiKey, now) === 'revoked';
  return (
    <Panel title={apiKey.name} aside={<Pill tone={tone}>{word}</Pill>} className="key-panel">
      <div className="panel-body key-details">
        <Pairs pairs={detailsOf(apiKey, now)} />
        {apiKey.source === 'static' && (
          <p className="sub">
            This key comes from the gateway’s <span className="mono">API_KEYS</span> and is
            read-only here. Change the variable and deploy the gateway to change it.
          </p>
        )}
        {apiKey.source === 'store' && !isRevoked && (
          <Button small kind="danger" className="key-revoke" onClick={() => onRevoke(apiKey)}>
            Revoke…
          </Button>
        )}
      </div>
      <UsageSection apiKey={apiKey} usage={usage} hour={hour} />
      <section className="key-section">
        <h3>Call the gateway</h3>
        <CallExample gatewayUrl={gatewayUrl} />
      </section>
    </Panel>
  );
}
