import { ChevronRight } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Sizing, SizingProblem } from '../../../shared/domain/resource-rules.ts';
import { CPU_CHOICES } from '../../../shared/domain/resource-rules.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import type { SecretDraft } from './secret-draft.ts';
import { SecretEditor } from './secret-editor.tsx';
import { ServiceFields } from './service-fields.tsx';
import type { SettingsDraft, SettingsProblems } from './settings-draft.ts';

interface SettingsFieldsProps {
  readonly draft: SettingsDraft;
  readonly problems: SettingsProblems;
  readonly secrets: SecretDraft;
  /** Names of the literal variables. */
  readonly taken: readonly string[];
  /** The service was never deployed. */
  readonly isFirst: boolean;
  readonly onDraft: (draft: SettingsDraft) => void;
  readonly onSecrets: (secrets: SecretDraft) => void;
}

/** Secrets, sizes, scaling and access: folded away, because most deploys leave them as they are. */
export function SettingsFields(props: SettingsFieldsProps): ReactElement {
  const { draft, problems, secrets, taken, isFirst, onDraft, onSecrets } = props;
  const isWrong = problems.sizing.length + problems.scaling.length > 0;
  return (
    <details className="deploy-section deploy-advanced" open={isWrong || undefined}>
      <summary>
        <ChevronRight aria-hidden />
        <h3>Advanced</h3>
        <span className="meta">Secrets, resources, scaling, access</span>
      </summary>
      <section className="advanced-part" aria-labelledby="deploy-secrets">
        <h4 id="deploy-secrets">Secrets</h4>
        <p className="meta">References; the values stay where they are.</p>
        <SecretEditor draft={secrets} taken={taken} onDraft={onSecrets} />
      </section>
      <section className="advanced-part" aria-labelledby="deploy-sizes">
        <h4 id="deploy-sizes">Each revision</h4>
        <SizingFields draft={draft} problems={problems.sizing} onDraft={onDraft} />
      </section>
      <section className="advanced-part" aria-labelledby="deploy-service">
        <h4 id="deploy-service">The service, over all its revisions</h4>
        <ServiceFields
          draft={draft}
          problems={problems.scaling}
          isFirst={isFirst}
          onDraft={onDraft}
        />
      </section>
    </details>
  );
}

const LABELS: Readonly<Record<Exclude<keyof Sizing, 'cpu'>, string>> = {
  memoryMib: 'Memory (MiB)',
  minInstances: 'Min instances',
  maxInstances: 'Max instances',
  concurrency: 'Requests at once',
  timeoutSeconds: 'Timeout (s)',
};

interface SizingFieldsProps {
  readonly draft: SettingsDraft;
  readonly problems: readonly SizingProblem[];
  readonly onDraft: (draft: SettingsDraft) => void;
}

function SizingFields({ draft, problems, onDraft }: SizingFieldsProps): ReactElement {
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
    </div>
  );
}
