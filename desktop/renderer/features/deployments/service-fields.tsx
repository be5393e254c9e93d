import type { ReactElement } from 'react';
import type { Ingress } from '../../../shared/domain/revision.ts';
import type { ScalingProblem } from '../../../shared/domain/scaling-rules.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { SettingsDraft } from './settings-draft.ts';

const INGRESS_OPTIONS: readonly { readonly value: Ingress; readonly label: string }[] = [
  { value: 'all', label: 'From anywhere' },
  { value: 'internal', label: 'Internal only' },
  { value: 'internal-lb', label: 'Internal and load balancer' },
  { value: 'none', label: 'From nowhere' },
];

const SCALING_OPTIONS = [
  { value: 'load', label: 'By load' },
  { value: 'hand', label: 'By hand: a fixed count' },
] as const;

interface ServiceFieldsProps {
  readonly draft: SettingsDraft;
  readonly problems: readonly ScalingProblem[];
  /** Who may call a new service is asked with its plan. */
  readonly isFirst: boolean;
  readonly onDraft: (draft: SettingsDraft) => void;
}

/** What belongs to the service and not to a revision: its instances in all, and who may call it. */
export function ServiceFields(props: ServiceFieldsProps): ReactElement {
  const { draft, isFirst, onDraft } = props;
  return (
    <>
      <div className="settings-grid">
        <ScalingFields {...props} />
        <SelectField
          label="Ingress"
          value={draft.ingress}
          options={INGRESS_OPTIONS}
          onChange={(ingress) => onDraft({ ...draft, ingress })}
        />
      </div>
      {!isFirst && (
        <Switch checked={draft.public} onChange={(open) => onDraft({ ...draft, public: open })}>
          Public: anyone may call it
        </Switch>
      )}
      <p className="meta">
        {isFirst ? 'Who may call it is asked with the plan. ' : ''}
        All of this takes effect at once, and a rollback does not undo it.
      </p>
    </>
  );
}

function ScalingFields({ draft, problems, onDraft }: ServiceFieldsProps): ReactElement {
  const { scaling } = draft;
  const edit = (change: Partial<SettingsDraft['scaling']>): void =>
    onDraft({ ...draft, scaling: { ...scaling, ...change } });
  const field = (name: 'min' | 'max' | 'manual', label: string, hint: string): ReactElement => (
    <TextField
      label={label}
      hint={hint}
      inputMode="numeric"
      placeholder={name === 'max' ? 'no limit of its own' : undefined}
      value={scaling[name]}
      error={problems.find((problem) => problem.field === name)?.problem ?? null}
      onChange={(value) => edit({ [name]: value })}
    />
  );
  return (
    <>
      <SelectField
        label="Scaling"
        value={scaling.byHand ? 'hand' : 'load'}
        options={SCALING_OPTIONS}
        onChange={(value) => edit({ byHand: value === 'hand' })}
      />
      {scaling.byHand ? (
        field('manual', 'Instances', 'Always so many; no limit counts.')
      ) : (
        <>
          {field('min', 'Min instances in all', 'Shared by traffic.')}
          {field('max', 'Max instances in all', 'Empty: each revision’s own.')}
        </>
      )}
    </>
  );
}
