import type { Failure, RevisionRecord, ServiceRecord, Timestamp } from './resources.ts';
import { toTimestamp } from './timestamps.ts';

type ConditionState =
  'CONDITION_PENDING' | 'CONDITION_RECONCILING' | 'CONDITION_FAILED' | 'CONDITION_SUCCEEDED';

/** A condition in the API's spelling. No reason on success. */
export interface Condition {
  readonly type: string;
  readonly state: ConditionState;
  readonly message?: string;
  readonly reason?: string;
  readonly revisionReason?: string;
  readonly severity?: 'ERROR' | 'WARNING' | 'INFO';
  readonly lastTransitionTime: Timestamp;
}

interface Verdict {
  readonly state: ConditionState;
  readonly failure?: Failure | null;
}

function condition(type: string, at: number, verdict: Verdict): Condition {
  const { state, failure } = verdict;
  const base = { type, state, lastTransitionTime: toTimestamp(at) };
  if (state !== 'CONDITION_FAILED' || !failure) return base;
  return {
    ...base,
    severity: 'ERROR',
    message: failure.message,
    ...(failure.reason === undefined ? {} : { reason: failure.reason }),
    ...(failure.revisionReason === undefined ? {} : { revisionReason: failure.revisionReason }),
  };
}

function verdictOf(reconciling: boolean, failure: Failure | null): Verdict {
  if (failure !== null) return { state: 'CONDITION_FAILED', failure };
  return { state: reconciling ? 'CONDITION_RECONCILING' : 'CONDITION_SUCCEEDED' };
}

export interface ServiceConditions {
  readonly terminal: Condition;
  readonly others: readonly Condition[];
}

/**
 * Ready, and the two that explain it in the order that Cloud Run lists them. The configuration is
 * ready once the newest revision is, the routes only when the rollout has come to its end.
 */
export function serviceConditions(service: ServiceRecord): ServiceConditions {
  const at = service.changedAt;
  const { reconciling, configurationFailure } = service;
  const routesFailure = service.routesFailure ?? unserved(service);
  const configuring = reconciling && service.latestCreated !== service.latestReady;
  const ready = reconciling
    ? verdictOf(true, null)
    : verdictOf(false, configurationFailure ?? routesFailure);
  return {
    terminal: condition('Ready', at, ready),
    others: [
      condition('RoutesReady', at, verdictOf(reconciling, routesFailure)),
      condition('ConfigurationsReady', at, verdictOf(configuring, configurationFailure)),
    ],
  };
}

/** A service that never served has no routes when its revision fails. */
function unserved({ served, configurationFailure }: ServiceRecord): Failure | null {
  return served.length === 0 ? configurationFailure : null;
}

const RESOURCE_REASONS = new Set(['CONTAINER_MISSING', 'SECRETS_ACCESS_CHECK_FAILED']);

/** Ready first, then what it is made of, then Active (does it receive traffic or carry a tag). */
export function revisionConditions(revision: RevisionRecord, active: boolean): Condition[] {
  const at = revision.changedAt;
  const pending = revision.state === 'pending';
  const failure = revision.state === 'failed' ? revision.failure : null;
  const byResources = failure !== null && RESOURCE_REASONS.has(failure.reason ?? '');
  return [
    condition('Ready', at, verdictOf(pending, failure)),
    condition('ResourcesAvailable', at, verdictOf(pending, byResources ? failure : null)),
    condition('ContainerHealthy', at, verdictOf(pending, byResources ? null : failure)),
    activeCondition(at, active),
  ];
}

function activeCondition(at: number, active: boolean): Condition {
  const base = { type: 'Active', lastTransitionTime: toTimestamp(at) };
  if (active) return { ...base, state: 'CONDITION_SUCCEEDED' };
  return { ...base, state: 'CONDITION_FAILED', severity: 'INFO', revisionReason: 'RESERVE' };
}
