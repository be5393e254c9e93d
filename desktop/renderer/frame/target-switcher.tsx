import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useConsole } from '../api/console-context.tsx';
import { Menu } from '../ui/menu.tsx';
import type { MenuItem } from '../ui/menu.tsx';
import { Tag } from '../ui/status-dot.tsx';
import { ClassMark } from '../ui/target-mark.tsx';
import { useGo } from '../ui/use-go.ts';

/** Which target everything is about, its class and mode, and a menu of the others. */
export function TargetSwitcher(): ReactElement {
  const { queries } = useConsole();
  const cache = useQueryClient();
  const go = useGo();
  const { data } = useQuery(queries.targets.list.queryOptions());
  const select = useMutation(
    // Everything on screen is about the old target.
    queries.targets.select.mutationOptions({ onSuccess: () => cache.invalidateQueries() }),
  );
  const selected = data?.targets.find((target) => target.id === data.selected);
  const items = (data?.targets ?? []).map((target): MenuItem => ({
    id: target.id,
    label: (
      <>
        <ClassMark target={target} />
        {target.name}
      </>
    ),
    hint: target.mode,
    isChecked: target.id === data?.selected,
    onChoose: () => {
      if (target.id !== data?.selected) select.mutate({ id: target.id });
    },
  }));
  const settings: MenuItem = {
    id: 'settings',
    label: 'Target settings…',
    isChecked: false,
    onChoose: () => {
      go('/settings');
    },
  };
  return (
    <Menu
      triggerClass="target"
      label={`Target: ${selected === undefined ? 'unknown' : `${selected.name}, ${selected.class}`}`}
      trigger={
        selected === undefined ? (
          <span className="meta">target</span>
        ) : (
          <>
            <ClassMark target={selected} />
            <span className="clip">{selected.name}</span>
            {selected.mode !== 'normal' && (
              <Tag tone={selected.mode === 'read-only' ? 'idle' : 'warn'}>{selected.mode}</Tag>
            )}
          </>
        )
      }
      items={[...items, settings]}
    />
  );
}
