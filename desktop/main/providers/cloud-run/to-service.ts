import { hideSecrets } from '../../../shared/domain/hide-secrets.ts';
import type { Ingress, Service, ServiceScaling } from '../../../shared/domain/revision.ts';
import { INGRESS } from '../../../shared/domain/revision.ts';
import type { TrafficShare, TrafficSplit } from '../../../shared/domain/traffic.ts';
import type { Condition, ServiceMessage, TrafficTarget } from './run-messages.ts';
import { INGRESS_NAMES, LATEST, shortName } from './run-messages.ts';

/**
 * Cloud Run's Service -> the console's.
 *
 * @param openToAll true when its IAM policy lets everybody in, which the message doesn't tell
 */
export function toService(message: ServiceMessage, openToAll = false): Service {
  const latestReady = shortNameOrNull(message.latestReadyRevision);
  return {
    id: shortName(message.name),
    uri: message.uri,
    latestCreatedRevision: shortNameOrNull(message.latestCreatedRevision),
    latestReadyRevision: latestReady,
    traffic: toSplit(effective(message.traffic), latestReady),
    serving: toSplit(message.trafficStatuses, latestReady),
    reconciling: message.reconciling,
    failure: message.reconciling ? null : failureOf(message.terminalCondition),
    etag: message.etag,
    ingress: toIngress(message.ingress),
    public: message.invokerIamDisabled || openToAll,
    scaling: toScaling(message.scaling),
  };
}

function toScaling(message: ServiceMessage['scaling']): ServiceScaling {
  return {
    min: message.minInstanceCount,
    max: message.maxInstanceCount || null,
    manual: message.scalingMode === 'MANUAL' ? message.manualInstanceCount : null,
  };
}

/** One that was never set means all; one that this console doesn't know is taken as closed. */
function toIngress(name: string): Ingress {
  if (name === '' || name === 'INGRESS_TRAFFIC_UNSPECIFIED') return 'all';
  return INGRESS.find((ingress) => INGRESS_NAMES[ingress] === name) ?? 'none';
}

/** Why a condition failed, in the platform's words; null when it didn't. */
export function failureOf(condition: Condition | undefined): string | null {
  if (condition?.state !== 'CONDITION_FAILED') return null;
  const { message, reason, revisionReason } = condition;
  // It may end with what the process logged last.
  return hideSecrets(message || reason || revisionReason || 'The platform gave no reason.');
}

/** The platform's own name of the cause, for example SECRETS_ACCESS_CHECK_FAILED; null without one. */
export function causeOf(condition: Condition | undefined): string | null {
  if (condition?.state !== 'CONDITION_FAILED') return null;
  const named = [condition.revisionReason, condition.reason].find((name) => !UNNAMED.test(name));
  return named ?? null;
}

/** What stands for "nothing" in an enum of protobuf. */
const UNNAMED = /^$|_(?:UNDEFINED|UNSPECIFIED)$/;

/** No traffic at all means everything to the latest (control-plane facts, 2.3). */
function effective(traffic: readonly TrafficTarget[]): readonly TrafficTarget[] {
  return traffic.length > 0 ? traffic : [{ type: LATEST, revision: '', percent: 100, tag: '' }];
}

function toSplit(targets: readonly TrafficTarget[], latestReady: string | null): TrafficSplit {
  const shares = targets.flatMap((target): TrafficShare[] => {
    const revision = target.revision === '' ? latestReady : shortName(target.revision);
    if (revision === null) return [];
    return [{ revision, percent: target.percent, tag: target.tag === '' ? null : target.tag }];
  });
  const followsLatest = targets.some(({ type, percent }) => type === LATEST && percent > 0);
  return { shares, followsLatest };
}

function shortNameOrNull(name: string): string | null {
  return name === '' ? null : shortName(name);
}
