import type { ReactElement } from 'react';
import { InlineError } from '../../ui/error-state.tsx';
import { Pairs } from '../../ui/figure.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { useAbout } from './use-settings.ts';

/** Versions, for a report. */
export function AboutPanel(): ReactElement {
  const about = useAbout();
  return (
    <Panel title="About">
      <div className="panel-body">
        {about.data !== undefined && (
          <Pairs
            pairs={[
              { label: 'Omni Console', value: <Version text={about.data.version} /> },
              ...about.data.runtimes.map(({ name, version }) => ({
                label: name,
                value: <Version text={version} />,
              })),
            ]}
          />
        )}
        {about.data === undefined &&
          (about.isError ? (
            <InlineError error={about.error} />
          ) : (
            <SkeletonLines lines={3} label="Reading the versions" />
          ))}
      </div>
    </Panel>
  );
}

function Version({ text }: { readonly text: string }): ReactElement {
  return <span className="mono">{text}</span>;
}
