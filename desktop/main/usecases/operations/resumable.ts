import type { OperationKind } from '../../../shared/domain/operation.ts';
import type { Core } from '../core.ts';
import { resumeCanary } from '../canary/start-canary.ts';
import { resumeDeploy } from '../deployments/resume-deploy.ts';
import { resumeSetTraffic } from '../deployments/set-traffic.ts';
import { resumeTrafficMove } from '../deployments/resume-traffic-move.ts';
import { resumeRollBackRelease } from '../releases/roll-back-release.ts';
import { resumeRelease } from '../releases/start-release.ts';
import { resumeSwitchUpstream } from '../upstream/switch-upstream.ts';
import type { OperationSteps } from './operation-run.ts';

/** An order as the journal kept it -> the steps that go on with it; null when it makes no sense. */
export type Resumable = (core: Core, order: unknown) => OperationSteps | null;

/**
 * Kinds that are gone on with after a crash. Their steps are the same as the first time: each looks
 * at what is known (`run.progress`) and at the platform before it asks for anything.
 */
export const RESUMABLE: Partial<Record<OperationKind, Resumable>> = {
  deploy: resumeDeploy,
  roll_back: resumeTrafficMove,
  canary: resumeCanary,
  set_traffic: resumeSetTraffic,
  release: resumeRelease,
  release_roll_back: resumeRollBackRelease,
  switch_upstream: resumeSwitchUpstream,
};
