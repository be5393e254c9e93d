import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Query } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useConsole } from '../api/console-context.tsx';
import { Menu } from '../ui/menu.tsx';
import type { MenuItem } from '../ui/menu.tsx';
import { Tag } from '../ui/status-dot.tsx';
import { ClassMark } from '../ui/target-mark.tsx';
import { useGo } from '../ui/use-go.ts';

/** Was it read from the platform, by a call of its own? */
function isOfTarget({ queryKey: [path] }: Query): boolean {
  const [group] = Array.isArray(path) ? (path as unknown[]) : [];
  return group !== undefined && group !== 'targets' && group !== 'settings';
}

/** Which target everything is about, its class and mode, and a menu of the others. */
export function TargetSwitcher(): ReactElement {
  const { queries } = useConsole();
  const cache = useQueryClient();
  const go = useGo();
  const { data } = useQuery(queries.targets.list.queryOptions());
  const select = useMutation(
    // Everything on screen is about the old target. What was read of it must not stay either: the
    // new one may not answer, and nothing would take its place. Streams bring their own news.
    queries.targets.select.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries({ queryKey: queries.targets.key() });
        await cache.resetQueries({ predicate: isOfTarget });
      },
    }),
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
