import type { ReactElement } from 'react';
import type { CanaryState } from '../../../../shared/domain/canary.ts';
import type { Service } from '../../../../shared/domain/revision.ts';
import { percentOf } from '../../../../shared/domain/traffic.ts';
import { Pairs } from '../../../ui/figure.tsx';
import { count, wholePercent } from '../../../ui/format-number.ts';
import { Panel } from '../../../ui/panel.tsx';

interface CanarySummaryProps {
  readonly canary: CanaryState;
  readonly service: Service | undefined;
}

/** Weight as it is set and served, and what the canary is allowed. */
export function CanarySummary({ canary, service }: CanarySummaryProps): ReactElement {
  const { settings, revision, stable, weightSet, probesSent } = canary;
  const actual = service === undefined ? null : percentOf(service.serving, revision);
  const { probes, intervalSeconds, dwellSeconds } = settings;
  return (
    <Panel label="Summary" className="canary-summary">
      <div className="canary-bar" role="img" aria-label={`${String(weightSet)} % to the canary`}>
        {settings.steps.slice(0, -1).map((step) => (
          <i key={step} style={{ left: `${String(step)}%` }} />
        ))}
        <span style={{ width: `${String(actual ?? weightSet)}%` }} />
      </div>
      <Pairs
        pairs={[
          { label: 'Canary', value: <span className="mono">{revision}</span> },
          { label: 'Stable', value: <span className="mono">{stable}</span> },
          { label: 'Weight', value: weightWords(weightSet, actual) },
          {
            label: 'Pace',
            value: `judged every ${String(intervalSeconds)} s, at least ${String(dwellSeconds)} s at a step`,
          },
          {
            label: 'Own requests',
            value:
              probes === null
                ? 'none'
                : `${count(probesSent)} of at most ${count(probes.budget)}, never more than ${String(probes.perSecond)} a second`,
          },
        ]}
      />
    </Panel>
  );
}

function weightWords(set: number, actual: number | null): string {
  if (actual === null || actual === set) return `${wholePercent(set)}, set and served`;
  return `${wholePercent(set)} set, ${wholePercent(actual)} served`;
}
