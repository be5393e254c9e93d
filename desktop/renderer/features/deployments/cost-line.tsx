import { useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { Tag } from '../../ui/status-dot.tsx';
import { CostDialog } from './cost-dialog.tsx';
import { dollars, priceNote } from './cost-words.ts';
import { useCost } from './use-deployments.ts';

/** What the shown service costs a month, in one line; nothing until that is known. */
export function CostEstimateLine({
  serviceId,
}: {
  readonly serviceId: string;
}): ReactElement | null {
  const cost = useCost();
  const [isOpen, setOpen] = useState(false);
  const report = cost.data;
  const own = report?.services.find(({ service }) => service === serviceId);
  if (report === undefined || own === undefined) return null;
  return (
    <div className="cost-line" role="group" aria-label="Cost">
      <Tag tone={report.isStale ? 'warn' : 'idle'}>Estimate</Tag>
      <span>
        <b className="num">{dollars(own.estimate.monthlyUsd)}</b> a month
      </span>
      <span className="meta" title={own.basis.words}>
        {priceNote(report)}{' '}
        {own.basis.source === 'measured' ? 'By measured use.' : 'By assumed use.'}
      </span>
      <Button kind="ghost" small onClick={() => setOpen(true)}>
        Show formula…
      </Button>
      {isOpen && <CostDialog report={report} onClose={() => setOpen(false)} />}
    </div>
  );
}
