import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Theme } from '../../shared/domain/settings.ts';
import { useConsole } from './console-context.tsx';

const STORED = 'omni.theme';
const DARK = '(prefers-color-scheme: dark)';

function isTheme(value: unknown): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark';
}

/** The theme of the last start, so that the first frame has the right colours. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  return isTheme(stored) ? stored : 'system';
}

/** `system` -> what the system prefers now. */
export function resolveTheme(theme: Theme): 'light' | 'dark' {
  if (theme !== 'system') return theme;
  return matchMedia(DARK).matches ? 'dark' : 'light';
}

/** Puts the theme on the document; the tokens do the rest. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = resolveTheme(theme);
}

interface ThemeControl {
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
}

/** The chosen theme and how to change it. The change shows at once and is saved by main. */
export function useTheme(): ThemeControl {
  const { queries } = useConsole();
  const cache = useQueryClient();
  const settings = useQuery(queries.settings.read.queryOptions({ staleTime: Infinity }));
  const save = useMutation(
    queries.settings.setTheme.mutationOptions({
      onSettled: () => cache.invalidateQueries({ queryKey: queries.settings.read.queryKey() }),
    }),
  );
  const saving = save.isPending ? save.variables.theme : undefined;
  const theme = saving ?? settings.data?.settings.theme ?? storedTheme();
  return {
    theme,
    setTheme: (next) => {
      save.mutate({ theme: next });
    },
  };
}

/** Keeps the document in the chosen theme and follows the system while that is the choice. */
export function useAppliedTheme(theme: Theme): void {
  useEffect(() => {
    applyTheme(theme);
    localStorage.setItem(STORED, theme);
    const system = matchMedia(DARK);
    const follow = (): void => {
      applyTheme(theme);
    };
    system.addEventListener('change', follow);
    return () => {
      system.removeEventListener('change', follow);
    };
  }, [theme]);
}
