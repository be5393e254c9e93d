import type { CaseGroup } from './case.ts';
import { preflight } from './preflight.ts';
import { reading, templates } from './reading.ts';
import { failingRevisions, firstRevision, furtherRevisions } from './revisions.ts';
import { settings } from './settings.ts';
import { traffic } from './traffic.ts';
import { waiting, waitingShared } from './waiting.ts';

/** What every adapter of DeploymentProvider keeps, in the order of a report. */
export const DEPLOYMENT_SUITE: readonly CaseGroup[] = [
  templates,
  firstRevision,
  furtherRevisions,
  failingRevisions,
  waiting,
  reading,
  traffic,
  settings,
  waitingShared,
  preflight,
];
