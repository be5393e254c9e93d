import type { ReactElement } from 'react';
import { Switch } from '../../ui/switch.tsx';
import type { DeployEdits } from './deploy-edits.ts';
import { settingsProblemsOf } from './deploy-edits.ts';
import { keptNames } from './draft-rows.ts';
import { EnvEditor } from './env-editor.tsx';
import { SettingsFields } from './settings-fields.tsx';

interface DeployFormProps {
  readonly serviceId: string;
  readonly edits: DeployEdits;
  readonly onEdit: (change: Partial<DeployEdits>) => void;
}

/** What a deploy changes: the image or not, literal variables, and what is folded away. */
export function DeployForm({ serviceId, edits, onEdit }: DeployFormProps): ReactElement {
  const { build, env, secrets, settings, base } = edits;
  return (
    <>
      <section className="deploy-section">
        <Switch checked={build} onChange={(on) => onEdit({ build: on })}>
          {`Build from services/${serviceId}`}
        </Switch>
        <p className="meta">
          {build
            ? 'The folder is packaged and built; the new image is pinned by its digest.'
            : 'The image that serves now is used again: only the configuration changes.'}
        </p>
      </section>
      <section className="deploy-section" aria-labelledby="deploy-env">
        <h3 id="deploy-env">Environment</h3>
        <EnvEditor
          draft={env}
          taken={keptNames(secrets)}
          onDraft={(draft) => onEdit({ env: draft })}
        />
      </section>
      <SettingsFields
        draft={settings}
        problems={settingsProblemsOf(edits)}
        secrets={secrets}
        taken={keptNames(env)}
        isFirst={base.isFirst}
        onDraft={(draft) => onEdit({ settings: draft })}
        onSecrets={(draft) => onEdit({ secrets: draft })}
      />
    </>
  );
}
