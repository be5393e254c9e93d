import { Route, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { mayChange } from '../../../../shared/domain/revision-actions.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import type { Service } from '../../../../shared/domain/revision.ts';
import type { Target } from '../../../../shared/domain/target.ts';
import type { TrafficShare } from '../../../../shared/domain/traffic.ts';
import { StaleBanner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import type { Column } from '../../../ui/data-table.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SelectField } from '../../../ui/field.tsx';
import { wholePercent } from '../../../ui/format-number.ts';
import { Panel } from '../../../ui/panel.tsx';
import { SkeletonLines } from '../../../ui/skeleton.tsx';
import { Tag } from '../../../ui/status-dot.tsx';
import { TrafficBar } from '../../../ui/traffic-bar.tsx';
import { PlanDialog } from '../plan-dialog.tsx';
import { useRevisions, useServices } from '../use-deployments.ts';
import { useOperations } from '../use-operation.ts';
import { useSetTraffic, useTrafficPlan } from '../use-rollouts.ts';
import type { SplitRow } from './split-draft.ts';
import {
  addable,
  currentSplit,
  rowsOf,
  sameSplit,
  shareRemoved,
  shareSet,
  splitDraftProblem,
  tagAddress,
  tagSet,
} from './split-draft.ts';
import './traffic.css';

interface TrafficBoardProps {
  readonly serviceId: string;
  readonly target: Target | undefined;
  readonly onStarted: (operationId: string) => void;
}

/** The split of a service: as it is set, as it is served, and as it is to be. */
export function TrafficBoard(props: TrafficBoardProps): ReactElement {
  const { serviceId } = props;
  const operations = useOperations();
  const busy = (operations.value ?? []).some(
    (operation) => operation.service === serviceId && !isTerminal(operation.state),
  );
  const services = useServices(busy);
  const service = services.data?.find(({ id }) => id === serviceId);
  if (services.isPending) {
    return (
      <Panel label="Traffic">
        <SkeletonLines lines={5} label="Reading the traffic" />
      </Panel>
    );
  }
  if (service === undefined) {
    return (
      <Panel label="Traffic" className="traffic-empty">
        {services.data === undefined ? (
          <ErrorState error={services.error} what="The traffic could not be read" />
        ) : (
          <EmptyState icon={<Route />} title={`The ${serviceId} serves nothing yet`}>
            Its traffic can be split once it has two revisions.
          </EmptyState>
        )}
      </Panel>
    );
  }
  return (
    <>
      {services.isError && <StaleBanner error={services.error} asOf={services.dataUpdatedAt} />}
      <SplitEditor key={service.id} {...props} service={service} isBusy={busy} />
    </>
  );
}

interface SplitEditorProps extends TrafficBoardProps {
  readonly service: Service;
  readonly isBusy: boolean;
}

function SplitEditor({ service, target, isBusy, onStarted }: SplitEditorProps): ReactElement {
  const now = currentSplit(service);
  const [edited, setEdited] = useState<readonly TrafficShare[] | null>(null);
  const [isPlanned, setPlanned] = useState(false);
  const draft = edited ?? now;
  const permission = target === undefined ? undefined : mayChange(target);
  const refusal = permission?.allowed === false ? permission.reason : splitDraftProblem(draft);
  const isSame = sameSplit(draft, now);
  return (
    <Panel
      title="Traffic split"
      className="traffic-panel"
      aside={<SplitTag service={service} isBusy={isBusy} />}
      end={
        <>
          <Button
            small
            refusal={isSame ? 'Nothing was changed.' : null}
            onClick={() => setEdited(null)}
          >
            Reset
          </Button>
          <Button
            small
            kind="primary"
            refusal={isSame ? 'Change a share or a tag first.' : refusal}
            onClick={() => setPlanned(true)}
          >
            Review plan…
          </Button>
        </>
      }
    >
      <div className="traffic-body">
        <SplitBars service={service} draft={draft} isSame={isSame} />
        <DataTable
          label="Shares"
          columns={columns(service, draft, setEdited)}
          rows={rowsOf(draft, service)}
          rowKey={({ revision }) => revision}
        />
        <AddRevision serviceId={service.id} draft={draft} onEdit={setEdited} />
        {!isSame && splitDraftProblem(draft) !== null && (
          <p className="field-error" role="alert">
            {splitDraftProblem(draft)}
          </p>
        )}
      </div>
      {isPlanned && (
        <SplitDialog
          service={service}
          shares={draft}
          onStarted={(id) => {
            setEdited(null);
            onStarted(id);
          }}
          onClose={() => setPlanned(false)}
        />
      )}
    </Panel>
  );
}

function SplitTag({ service, isBusy }: Pick<SplitEditorProps, 'service' | 'isBusy'>): ReactElement {
  if (isBusy || service.reconciling) return <Tag tone="accent">Moving</Tag>;
  return service.traffic.followsLatest ? (
    <Tag tone="ok">Follows the latest</Tag>
  ) : (
    <Tag tone="warn">Set by name</Tag>
  );
}

interface SplitBarsProps {
  readonly service: Service;
  readonly draft: readonly TrafficShare[];
  readonly isSame: boolean;
}

function SplitBars({ service, draft, isSame }: SplitBarsProps): ReactElement {
  return (
    <div className="traffic-bars">
      <span className="meta">Served</span>
      <div>
        <TrafficBar shares={service.serving.shares} tall legend={false} />
      </div>
      {!isSame && (
        <>
          <span className="meta">To be</span>
          <div>
            <TrafficBar shares={draft} tall legend={false} />
          </div>
        </>
      )}
    </div>
  );
}

type Edit = (draft: readonly TrafficShare[]) => void;

function columns(
  service: Service,
  draft: readonly TrafficShare[],
  onEdit: Edit,
): readonly Column<SplitRow>[] {
  return [
    { id: 'revision', title: 'Revision', cell: (row) => <RevisionCell row={row} /> },
    {
      id: 'actual',
      title: 'Served',
      kind: 'number',
      cell: ({ actual }) => wholePercent(actual),
    },
    {
      id: 'percent',
      title: 'Share',
      kind: 'number',
      cell: ({ revision, percent }) => (
        <span className="share-field">
          <input
            className="input"
            type="number"
            min={0}
            max={100}
            step={1}
            aria-label={`Share of ${revision} in percent`}
            value={percent}
            disabled={draft.length === 1}
            onChange={(event) => onEdit(shareSet(draft, revision, event.target.valueAsNumber || 0))}
          />
          <span className="unit">%</span>
        </span>
      ),
    },
    {
      id: 'tag',
      title: 'Tag',
      cell: ({ revision, tag }) => (
        <span className="tag-field">
          <input
            className="input mono"
            aria-label={`Tag of ${revision}`}
            placeholder="none"
            spellCheck={false}
            value={tag ?? ''}
            onChange={(event) => onEdit(tagSet(draft, revision, event.target.value))}
          />
          {tag !== null && service.uri !== '' && (
            <span className="meta mono">{tagAddress(service.uri, tag)}</span>
          )}
        </span>
      ),
    },
    {
      id: 'remove',
      title: '',
      kind: 'end',
      cell: ({ revision }) => (
        <Button
          small
          kind="ghost"
          icon={<X aria-hidden />}
          aria-label={`Take ${revision} out of the split`}
          refusal={draft.length === 1 ? 'One revision has to serve.' : null}
          onClick={() => onEdit(shareRemoved(draft, revision))}
        />
      ),
    },
  ];
}

function RevisionCell({ row }: { readonly row: SplitRow }): ReactElement {
  return (
    <span className="row">
      <span className="mono">{row.revision}</span>
      {row.isNew && <Tag tone="accent">Added</Tag>}
      {!row.isNew && row.actual !== row.percent && <Tag tone="warn">Changed</Tag>}
    </span>
  );
}

interface AddRevisionProps {
  readonly serviceId: string;
  readonly draft: readonly TrafficShare[];
  readonly onEdit: Edit;
}

function AddRevision({ serviceId, draft, onEdit }: AddRevisionProps): ReactElement {
  const revisions = useRevisions(serviceId, false);
  const options = addable(revisions.data?.map(({ revision }) => revision) ?? [], draft);
  return (
    <div className="traffic-add">
      <SelectField
        label="Add a revision"
        value=""
        disabled={options.length === 0}
        options={[
          { value: '', label: options.length === 0 ? 'None is left' : 'Choose…' },
          ...options.map(({ name }) => ({ value: name, label: name })),
        ]}
        onChange={(name) => {
          if (name !== '') onEdit([...draft, { revision: name, percent: 0, tag: null }]);
        }}
      />
      <p className="meta">
        Whatever one gets, the others share the rest in their proportion: it is always 100 %.
      </p>
    </div>
  );
}

interface SplitDialogProps {
  readonly service: Service;
  readonly shares: readonly TrafficShare[];
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

function SplitDialog({ service, shares, onStarted, onClose }: SplitDialogProps): ReactElement {
  const plan = useTrafficPlan(service.id, shares);
  const set = useSetTraffic();
  return (
    <PlanDialog
      plan={plan}
      title={`Split the traffic of ${service.id}?`}
      confirm="Set this split"
      cancel="Keep the split as it is"
      isUnderWay={set.isUnderWay}
      error={set.error}
      run={(etag, then) =>
        set.mutate({ service: service.id, shares: [...shares], reason: '', etag }, then)
      }
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}
