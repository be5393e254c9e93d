import { ChartLine, Clock, KeyRound, Package, Share2, SlidersHorizontal } from 'lucide-react';
import { lazy } from 'react';
import type { ComponentType, ReactElement } from 'react';
import { OverviewPage } from './features/overview/overview-page.tsx';

/** A screen of the console. */
export interface Screen {
  readonly path: string;
  readonly title: string;
  /** Second key of `g`, then this letter. */
  readonly letter: string;
  readonly icon: ReactElement;
  readonly Page: ComponentType;
}

/** Only the Overview is in the start bundle; the others come when they are first visited. */
export const SCREENS: readonly Screen[] = [
  { path: '/', title: 'Overview', letter: 'o', icon: <Share2 aria-hidden />, Page: OverviewPage },
  {
    path: '/latency',
    title: 'Latency',
    letter: 'l',
    icon: <ChartLine aria-hidden />,
    Page: lazy(async () => ({
      default: (await import('./features/latency/latency-page.tsx')).LatencyPage,
    })),
  },
  {
    path: '/keys',
    title: 'Keys',
    letter: 'k',
    icon: <KeyRound aria-hidden />,
    Page: lazy(async () => ({ default: (await import('./features/keys/keys-page.tsx')).KeysPage })),
  },
  {
    path: '/deployments',
    title: 'Deployments',
    letter: 'd',
    icon: <Package aria-hidden />,
    Page: lazy(async () => ({
      default: (await import('./features/deployments/deployments-page.tsx')).DeploymentsPage,
    })),
  },
  {
    path: '/activity',
    title: 'Activity',
    letter: 'a',
    icon: <Clock aria-hidden />,
    Page: lazy(async () => ({
      default: (await import('./features/activity/activity-page.tsx')).ActivityPage,
    })),
  },
  {
    path: '/settings',
    title: 'Settings',
    letter: 's',
    icon: <SlidersHorizontal aria-hidden />,
    Page: lazy(async () => ({
      default: (await import('./features/settings/settings-page.tsx')).SettingsPage,
    })),
  },
];
