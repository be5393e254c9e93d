import { useMutation } from '@tanstack/react-query';
import type { Theme } from '../../shared/domain/settings.ts';
import { useConsole } from '../api/console-context.tsx';
import { useLiveSources } from '../api/live-sources.ts';
import { useLiveQuery } from '../api/use-live-query.ts';
import { resolveTheme, useTheme } from '../api/use-theme.ts';
import { SCREENS } from '../routes.tsx';
import type { Command } from './match-command.ts';
import { useGo } from '../ui/use-go.ts';

type Go = (path: string) => void;

function screenCommands(go: Go): readonly Command[] {
  return SCREENS.map(({ path, title, letter }) => ({
    id: `go ${path}`,
    title,
    group: 'Go to',
    keys: `g ${letter}`,
    run: () => {
      go(path);
    },
  }));
}

/** Actions that open their own dialog on the screen they belong to. */
const DIALOGS: readonly (readonly [title: string, path: string, group: string])[] = [
  ['Deploy gateway…', '/deployments?action=deploy&service=gateway', 'Deployments'],
  ['Deploy backend…', '/deployments?action=deploy&service=backend', 'Deployments'],
  ['Roll back gateway…', '/deployments?action=rollback&service=gateway', 'Deployments'],
  ['Roll back backend…', '/deployments?action=rollback&service=backend', 'Deployments'],
  ['Create key…', '/keys?action=create', 'Keys'],
  ['Test the stack', '/?action=test', 'Overview'],
];

function dialogCommands(go: Go): readonly Command[] {
  return DIALOGS.map(([title, path, group]) => ({
    id: title,
    title,
    group,
    run: () => {
      go(path);
    },
  }));
}

function useTrafficCommand(): Command {
  const { queries } = useConsole();
  const { value } = useLiveQuery(useLiveSources().sampleTraffic);
  const set = useMutation(queries.stack.setSampleTraffic.mutationOptions());
  return {
    id: 'traffic',
    title: value?.on === true ? 'Stop sample traffic' : 'Start sample traffic',
    group: 'Overview',
    run: () => {
      set.mutate({ on: value?.on !== true, requestsPerSecond: value?.requestsPerSecond ?? 20 });
    },
  };
}

function useThemeCommands(): readonly Command[] {
  const { theme, setTheme } = useTheme();
  const other: Theme = resolveTheme(theme) === 'dark' ? 'light' : 'dark';
  const wanted: readonly Theme[] = theme === 'system' ? [other] : [other, 'system'];
  return wanted.map((next) => ({
    id: `theme ${next}`,
    title: next === 'system' ? 'Use the system theme' : `Use the ${next} theme`,
    group: 'Appearance',
    run: () => {
      setTheme(next);
    },
  }));
}

/** Everything the palette can run: screens first, then actions. */
export function useCommands(onShortcuts: () => void): readonly Command[] {
  const go = useGo();
  const traffic = useTrafficCommand();
  const themes = useThemeCommands();
  const sheet: Command = {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'Help',
    keys: '?',
    run: onShortcuts,
  };
  return [...screenCommands(go), ...dialogCommands(go), traffic, ...themes, sheet];
}
