import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import type { StackStatus } from '../../../shared/contract/stack.ts';
import { useLiveSources } from '../../api/live-sources.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';
import { useNow } from '../../api/use-now.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { Pairs } from '../../ui/figure.tsx';
import { age } from '../../ui/format-time.ts';
import { Panel } from '../../ui/panel.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import type { Tone } from '../../ui/status-dot.tsx';

const PHASES: Readonly<Record<StackStatus['phase'], readonly [Tone, string]>> = {
  connecting: ['running', 'Connecting'],
  deploying: ['running', 'Deploying'],
  ready: ['ok', 'Ready'],
  unreachable: ['bad', 'Unreachable'],
  failed: ['bad', 'Failed'],
};

interface StackPanelProps {
  readonly settings: UseQueryResult<{ readonly stateFolder: string }>;
}

/** Addresses of the stack and the folder that the console keeps its state in. */
export function StackPanel({ settings }: StackPanelProps): ReactElement {
  const status = useLiveQuery(useLiveSources().stack).value;
  const [tone, word] = PHASES[status?.phase ?? 'connecting'];
  return (
    <Panel title="Local stack" aside={<Pill tone={tone}>{word}</Pill>}>
      <div className="panel-body settings-stack">
        <Reason status={status} />
        <Pairs
          pairs={[
            { label: 'Gateway', value: <Copyable text={status?.gatewayUrl} /> },
            { label: 'Backend', value: <Copyable text={status?.backendUrl} /> },
            { label: 'Running for', value: <RunningFor status={status} /> },
            { label: 'State folder', value: <Copyable text={settings.data?.stateFolder} /> },
          ]}
        />
        {settings.error !== null && <InlineError error={settings.error} />}
      </div>
    </Panel>
  );
}

interface StatusProps {
  readonly status: StackStatus | undefined;
}

function Reason({ status }: StatusProps): ReactNode {
  const reason = status?.reason ?? null;
  return reason === null ? null : <p className="sub">{reason}</p>;
}

function RunningFor({ status }: StatusProps): ReactNode {
  const now = useNow();
  const startedAt = status?.startedAt ?? null;
  return startedAt === null ? <span className="meta">not known yet</span> : age(now - startedAt);
}

function Copyable({ text }: { readonly text: string | null | undefined }): ReactNode {
  if (text === null || text === undefined) return <span className="meta">not known yet</span>;
  return (
    <span className="settings-copyable">
      <span className="mono">{text}</span>
      <CopyButton text={text} label={`Copy ${text}`} iconOnly />
    </span>
  );
}
