import { ChevronRight } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Sizing, SizingProblem } from '../../../shared/domain/resource-rules.ts';
import { CPU_CHOICES } from '../../../shared/domain/resource-rules.ts';
import type { Ingress } from '../../../shared/domain/revision.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { SettingsDraft } from './settings-draft.ts';

interface SettingsFieldsProps {
  readonly draft: SettingsDraft;
  readonly problems: readonly SizingProblem[];
  readonly onDraft: (draft: SettingsDraft) => void;
}

const LABELS: Readonly<Record<Exclude<keyof Sizing, 'cpu'>, string>> = {
  memoryMib: 'Memory (MiB)',
  minInstances: 'Min instances',
  maxInstances: 'Max instances',
  concurrency: 'Requests at once',
  timeoutSeconds: 'Timeout (s)',
};

const INGRESS_OPTIONS: readonly { readonly value: Ingress; readonly label: string }[] = [
  { value: 'all', label: 'From anywhere' },
  { value: 'internal', label: 'Internal only' },
  { value: 'internal-lb', label: 'Internal and load balancer' },
  { value: 'none', label: 'From nowhere' },
];

/** Resources, scaling and access: folded away, because most deploys leave them as they are. */
export function SettingsFields({ draft, problems, onDraft }: SettingsFieldsProps): ReactElement {
  const set = (field: keyof Sizing) => (value: string) => {
    onDraft({ ...draft, sizing: { ...draft.sizing, [field]: value } });
  };
  const number = (field: keyof typeof LABELS): ReactElement => (
    <TextField
      label={LABELS[field]}
      inputMode="numeric"
      value={draft.sizing[field]}
      error={problems.find((problem) => problem.field === field)?.problem ?? null}
      onChange={set(field)}
    />
  );
  const cpus = [...new Set([...CPU_CHOICES.map(String), draft.sizing.cpu])];
  return (
    <details className="deploy-section deploy-advanced" open={problems.length > 0 || undefined}>
      <summary>
        <ChevronRight aria-hidden />
        <h3>Advanced</h3>
        <span className="meta">Resources, scaling, access</span>
      </summary>
      <div className="settings-grid">
        <SelectField
          label="CPU"
          value={draft.sizing.cpu}
          options={cpus.map((cpu) => ({ value: cpu, label: cpu }))}
          onChange={set('cpu')}
        />
        {number('memoryMib')}
        {number('concurrency')}
        {number('minInstances')}
        {number('maxInstances')}
        {number('timeoutSeconds')}
        <SelectField
          label="Ingress"
          value={draft.ingress}
          options={INGRESS_OPTIONS}
          onChange={(ingress) => onDraft({ ...draft, ingress })}
        />
      </div>
      <Switch checked={draft.public} onChange={(open) => onDraft({ ...draft, public: open })}>
        Public: anyone may call it
      </Switch>
      <p className="meta">
        Ingress and public access belong to the service: they take effect at once, and a rollback
        does not undo them.
      </p>
    </details>
  );
}
