import type { ReactElement } from 'react';
import type { CostDelta } from '../../../shared/domain/cost/cost-report.ts';
import { Tag } from '../../ui/status-dot.tsx';
import { basisWords, dollarChange, dollars, priceNote } from './cost-words.ts';

/** What a plan does to the monthly estimate of its service. */
export function CostDeltaLine({ cost }: { readonly cost: CostDelta }): ReactElement {
  const { currentUsd, nextUsd, isStale, basis } = cost;
  return (
    <p className="row cost-delta" aria-label="Cost">
      <Tag tone={isStale ? 'warn' : 'idle'}>Estimate</Tag>
      <span className="num">
        {currentUsd === null ? '' : `${dollars(currentUsd)} → `}
        <b>{dollars(nextUsd)}</b>
        {' a month'}
        {currentUsd !== null && ` (${dollarChange(currentUsd, nextUsd)})`}
      </span>
      <span className="meta" title={basis.words}>
        {`${priceNote(cost)} ${basisWords(basis)}`}
      </span>
    </p>
  );
}
