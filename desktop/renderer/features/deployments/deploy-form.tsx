import type { ReactElement } from 'react';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import { Switch } from '../../ui/switch.tsx';
import type { EnvDraft } from './env-draft.ts';
import { EnvEditor } from './env-editor.tsx';
import type { SettingsDraft } from './settings-draft.ts';
import { SettingsFields } from './settings-fields.tsx';
import type { SizingProblem } from '../../../shared/domain/resource-rules.ts';

interface DeployFormProps {
  readonly serviceId: string;
  readonly build: boolean;
  readonly draft: EnvDraft;
  /** The environment as it runs, for the secrets that can't be edited. */
  readonly env: readonly EnvEntry[];
  readonly settings: SettingsDraft;
  readonly problems: readonly SizingProblem[];
  readonly onBuild: (build: boolean) => void;
  readonly onDraft: (draft: EnvDraft) => void;
  readonly onSettings: (settings: SettingsDraft) => void;
}

/** What a deploy changes: the image or not, literal variables, and what is folded away. */
export function DeployForm(props: DeployFormProps): ReactElement {
  const { serviceId, build, draft, env, onBuild, onDraft } = props;
  const secrets = env.filter((entry) => 'secret' in entry);
  return (
    <>
      <section className="deploy-section">
        <Switch checked={build} onChange={onBuild}>
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
        <EnvEditor draft={draft} onDraft={onDraft} />
      </section>
      {secrets.length > 0 && (
        <section className="deploy-section" aria-labelledby="deploy-secrets">
          <h3 id="deploy-secrets">Secrets</h3>
          <p className="meta">References; the values stay where they are.</p>
          <ul className="secret-list">
            {secrets.map((entry) => (
              <li key={entry.name}>
                <span className="mono">{entry.name}</span>
                <span className="mono unit">{`${entry.secret}:${entry.version}`}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <SettingsFields draft={props.settings} problems={props.problems} onDraft={props.onSettings} />
    </>
  );
}
