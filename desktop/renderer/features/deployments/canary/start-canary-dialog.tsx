import { useState } from 'react';
import type { ReactElement } from 'react';
import type { CanaryStart } from '../../../../shared/contract/canary.ts';
import type { RevisionRow } from '../../../../shared/contract/deployments.ts';
import type { Service } from '../../../../shared/domain/revision.ts';
import { servingRevision } from '../../../../shared/domain/revision.ts';
import { ConfirmFooter } from '../../../ui/confirm-footer.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { draftFrom } from '../env-draft.ts';
import { EnvEditor } from '../env-editor.tsx';
import { PlanDialog } from '../plan-dialog.tsx';
import { useRevisions } from '../use-deployments.ts';
import { useCanaryPlan, useStartCanary } from '../use-rollouts.ts';
import type { CanaryDraft } from './canary-draft.ts';
import { draftProblem, FRESH_DRAFT, PROBES, settingsOf, toStart } from './canary-draft.ts';

interface StartCanaryDialogProps {
  readonly service: Service;
  readonly onClose: () => void;
}

const SOURCES = [
  { value: 'new', label: 'A new revision' },
  { value: 'revision', label: 'One that exists' },
] as const;

/** Waits for the revisions, whose variables can be changed for the canary. */
export function StartCanaryDialog(props: StartCanaryDialogProps): ReactElement | null {
  const { service, onClose } = props;
  const revisions = useRevisions(service.id, false);
  if (revisions.data === undefined && revisions.isPending) return null;
  return <CanaryForm service={service} rows={revisions.data ?? []} onClose={onClose} />;
}

interface CanaryFormProps extends StartCanaryDialogProps {
  readonly rows: readonly RevisionRow[];
}

/** First what is tried, how it goes up and what stops it; then the plan of its first step. */
function CanaryForm({ service, rows, onClose }: CanaryFormProps): ReactElement {
  const [draft, setDraft] = useState(() => freshDraft(rows, servingRevision(service)));
  const [isPlanned, setPlanned] = useState(false);
  const edit = (change: Partial<CanaryDraft>): void => setDraft({ ...draft, ...change });
  if (isPlanned) {
    return (
      <PlanStep
        order={toStart(service.id, draft)}
        onBack={() => setPlanned(false)}
        onClose={onClose}
      />
    );
  }
  const [first] = settingsOf(draft).steps;
  return (
    <Dialog
      title={`Try a revision of the ${service.id} on a few requests?`}
      lead={`It gets ${String(first ?? 0)} % of the traffic first, and more only while every gate passes. ${servingRevision(service) ?? 'What serves'} keeps the rest.`}
      onClose={onClose}
      footer={
        <ConfirmFooter
          confirm="Review plan"
          cancel="Not now"
          refusal={draftProblem(draft)}
          onConfirm={() => setPlanned(true)}
          onCancel={onClose}
        />
      }
    >
      <SourceFields service={service} rows={rows} draft={draft} edit={edit} />
      <PaceFields draft={draft} edit={edit} />
      <LimitFields draft={draft} edit={edit} />
    </Dialog>
  );
}

interface PlanStepProps {
  readonly order: CanaryStart;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

function PlanStep({ order, onBack, onClose }: PlanStepProps): ReactElement {
  const plan = useCanaryPlan(order);
  const start = useStartCanary();
  return (
    <PlanDialog
      plan={plan}
      title={`Start a canary of the ${order.service}?`}
      confirm="Start canary"
      cancel="Not now"
      isUnderWay={start.isUnderWay}
      error={start.error}
      run={(etag, then) => start.mutate({ ...order, etag }, then)}
      onBack={onBack}
      onStarted={onClose}
      onClose={onClose}
    />
  );
}

interface FieldsProps {
  readonly draft: CanaryDraft;
  readonly edit: (change: Partial<CanaryDraft>) => void;
}

/** The variables are those of the revision that serves. */
function freshDraft(rows: readonly RevisionRow[], serving: string | null): CanaryDraft {
  const stable = rows.find(({ revision }) => revision.name === serving)?.revision;
  return { ...FRESH_DRAFT, env: draftFrom(stable?.template.env ?? []) };
}

function SourceFields({
  service,
  rows,
  draft,
  edit,
}: FieldsProps & Pick<CanaryFormProps, 'service' | 'rows'>): ReactElement {
  const candidates = candidatesOf(rows, servingRevision(service));
  return (
    <div className="canary-source">
      <Segmented
        label="What is tried"
        segments={SOURCES}
        value={draft.source}
        onChange={(source) => edit({ source })}
      />
      {draft.source === 'new' ? (
        <>
          <Switch checked={draft.build} onChange={(build) => edit({ build })}>
            {`Build from services/${service.id}; off: the image that serves`}
          </Switch>
          <EnvEditor draft={draft.env} onDraft={(env) => edit({ env })} />
        </>
      ) : (
        <SelectField
          label="Revision"
          value={draft.revision}
          options={[{ value: '', label: 'Choose…' }, ...candidates]}
          onChange={(revision) => edit({ revision })}
        />
      )}
    </div>
  );
}

function candidatesOf(
  rows: readonly RevisionRow[],
  serving: string | null,
): readonly { value: string; label: string }[] {
  return rows
    .filter(({ revision: { name, state } }) => name !== serving && state !== 'failed')
    .map(({ revision: { name }, changed }) => ({ value: name, label: `${name} (${changed})` }));
}

function PaceFields({ draft, edit }: FieldsProps): ReactElement {
  return (
    <div className="canary-fields">
      <TextField
        label="Steps in percent"
        hint="The last is 100."
        value={draft.steps}
        onChange={(steps) => edit({ steps })}
      />
      <TextField
        label="Judge every (s)"
        inputMode="numeric"
        value={draft.intervalSeconds}
        onChange={(intervalSeconds) => edit({ intervalSeconds })}
      />
      <TextField
        label="Stay at a step (s)"
        inputMode="numeric"
        value={draft.dwellSeconds}
        onChange={(dwellSeconds) => edit({ dwellSeconds })}
      />
      <TextField
        label="Least requests of each"
        inputMode="numeric"
        hint="Fewer: it holds."
        value={draft.minSamples}
        onChange={(minSamples) => edit({ minSamples })}
      />
    </div>
  );
}

function LimitFields({ draft, edit }: FieldsProps): ReactElement {
  const { perSecond, budget } = PROBES;
  return (
    <>
      <div className="canary-fields">
        <TextField
          label="Errors above stable (points)"
          inputMode="decimal"
          value={draft.maxErrorPoints}
          onChange={(maxErrorPoints) => edit({ maxErrorPoints })}
        />
        <TextField
          label="p95 at most (× stable)"
          inputMode="decimal"
          value={draft.maxP95Ratio}
          onChange={(maxP95Ratio) => edit({ maxP95Ratio })}
        />
        <TextField
          label="p99 at most (× stable)"
          inputMode="decimal"
          value={draft.maxP99Ratio}
          onChange={(maxP99Ratio) => edit({ maxP99Ratio })}
        />
      </div>
      <Switch checked={draft.probes} onChange={(probes) => edit({ probes })}>
        {`Send requests of its own, at most ${String(perSecond)} a second and ${String(budget)} in all, for a service with little traffic`}
      </Switch>
    </>
  );
}
