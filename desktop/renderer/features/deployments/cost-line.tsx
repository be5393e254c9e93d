import { useState } from 'react';
import type { ReactElement } from 'react';
import { errorMessage } from '../../api/error-message.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { clockTime } from '../../ui/format-time.ts';
import { Tag } from '../../ui/status-dot.tsx';
import { CostDialog } from './cost-dialog.tsx';
import { basisWords, dollars, priceNote } from './cost-words.ts';
import { useCost } from './use-deployments.ts';

/** The reason, and a way to ask again: a figure that is missing without a word looks like zero. */
function NoEstimate({ cost }: { readonly cost: ReturnType<typeof useCost> }): ReactElement {
  const { title, nextStep } = errorMessage(cost.error);
  const retry = (): void => {
    cost.refetch().catch(reportError);
  };
  return (
    <div className="cost-line" role="group" aria-label="Cost">
      <Tag>Estimate</Tag>
      <span className="meta">{`Not known: ${title}. ${nextStep}`}</span>
      <Button kind="ghost" small onClick={retry}>
        Try again
      </Button>
    </div>
  );
}

/** What the shown service costs a month, in one line; nothing until that is known. */
export function CostEstimateLine({
  serviceId,
}: {
  readonly serviceId: string;
}): ReactElement | null {
  const cost = useCost();
  const [isOpen, setOpen] = useState(false);
  const report = cost.data;
  if (report === undefined && cost.isError) return <NoEstimate cost={cost} />;
  const own = report?.services.find(({ service }) => service === serviceId);
  if (report === undefined || own === undefined) return null;
  return (
    <div
      className={classNames('cost-line', cost.isError && 'is-stale')}
      role="group"
      aria-label="Cost"
    >
      <Tag tone={report.isStale ? 'warn' : 'idle'}>Estimate</Tag>
      <span>
        <b className="num">{dollars(own.estimate.monthlyUsd)}</b> a month
      </span>
      <span className="meta" title={own.basis.words}>
        {`${priceNote(report)} ${basisWords(own.basis)}`}
      </span>
      {cost.isError && <span className="meta">As of {clockTime(cost.dataUpdatedAt)}.</span>}
      <Button kind="ghost" small onClick={() => setOpen(true)}>
        Show formula…
      </Button>
      {isOpen && <CostDialog report={report} onClose={() => setOpen(false)} />}
    </div>
  );
}
