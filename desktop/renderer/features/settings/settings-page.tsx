import type { ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Page } from '../../ui/panel.tsx';
import { AboutPanel } from './about-panel.tsx';
import { AppearancePanel } from './appearance-panel.tsx';
import { SampleTrafficPanel } from './sample-traffic-panel.tsx';
import { StackPanel } from './stack-panel.tsx';
import { TargetsPanel } from './targets-panel.tsx';
import { useSettings } from './use-settings.ts';
import './settings.css';

/** Where the console acts, what it may do there, and how it looks. Every change has effect at once. */
export function SettingsPage(): ReactElement {
  const settings = useSettings();
  const warning = settings.data?.warning ?? null;
  return (
    <Page title="Settings" aside={<span className="meta">changes have effect at once</span>}>
      {warning !== null && (
        <Banner tone="warn" word="Repaired">
          <b>The settings file was not readable.</b> {warning}
        </Banner>
      )}
      <div className="settings-board">
        <TargetsPanel />
        <div className="settings-column">
          <AppearancePanel />
          <SampleTrafficPanel />
        </div>
        <div className="settings-column">
          <StackPanel settings={settings} />
          <AboutPanel />
        </div>
      </div>
    </Page>
  );
}
