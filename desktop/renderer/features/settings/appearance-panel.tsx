import type { ReactElement } from 'react';
import type { Theme } from '../../../shared/domain/settings.ts';
import { useTheme } from '../../api/use-theme.ts';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** The theme. */
export function AppearancePanel(): ReactElement {
  const { theme, setTheme } = useTheme();
  return (
    <Panel title="Appearance">
      <div className="panel-body settings-stack">
        <Segmented label="Theme" segments={THEMES} value={theme} onChange={setTheme} />
        <p className="meta">System follows the light or dark setting of this computer.</p>
      </div>
    </Panel>
  );
}
