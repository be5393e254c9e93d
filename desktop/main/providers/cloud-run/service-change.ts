import type { protos } from '@google-cloud/run';
import type { Service, ServiceScaling, ServiceSettings } from '../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import type { RevisionRequest, WantedTraffic } from '../../ports/deployment-provider.ts';
import { INGRESS_NAMES, LATEST, REVISION } from './run-messages.ts';
import type { RawRevision } from './template-message.ts';
import { toTemplateMessage } from './template-message.ts';

type UpdateServiceRequest = protos.google.cloud.run.v2.IUpdateServiceRequest;
type CreateServiceRequest = protos.google.cloud.run.v2.ICreateServiceRequest;
type Target = protos.google.cloud.run.v2.ITrafficTarget;

/** A service with its full resource name. */
export type Named = Service & { readonly name: string };

/** The service that doesn't exist yet: its first revision gets all traffic. */
export function createServiceRequest(
  parent: string,
  request: RevisionRequest,
): CreateServiceRequest {
  return {
    parent,
    serviceId: request.service,
    service: {
      template: toTemplateMessage(request.template, request.deployId, null),
      traffic: [latestTarget()],
      ...settingsFields(request.settings ?? {}),
    },
  };
}

/**
 * A new revision of a service that keeps its traffic where it is. The revision's name is cleared:
 * one that a template carries from an earlier deploy would make every later change fail (2.2).
 *
 * @param base the revision that serves now; what the console doesn't know is taken from it
 */
export function cutRevisionRequest(
  service: Named,
  request: RevisionRequest,
  base: RawRevision | null,
): UpdateServiceRequest {
  const settings = settingsFields(request.settings ?? {});
  return {
    service: {
      name: service.name,
      etag: service.etag,
      template: toTemplateMessage(request.template, request.deployId, base),
      traffic: [...heldTraffic(service, request.tag ?? null), ...tagTarget(request.tag ?? null)],
      ...settings,
    },
    updateMask: {
      paths: ['template', 'template.revision', 'traffic', ...Object.keys(settings).map(toPath)],
    },
  };
}

/** Only what belongs to the service; no revision is cut and no traffic moves. */
export function setSettingsRequest(
  { name, etag }: Named,
  change: Partial<ServiceSettings>,
): UpdateServiceRequest {
  const fields = settingsFields(change);
  return {
    service: { name, etag, ...fields },
    updateMask: { paths: Object.keys(fields).map(toPath) },
  };
}

type SettingsFields = Pick<
  protos.google.cloud.run.v2.IService,
  'ingress' | 'invokerIamDisabled' | 'scaling'
>;

function settingsFields(change: Partial<ServiceSettings>): SettingsFields {
  const { ingress, scaling } = change;
  return {
    ...(ingress === undefined ? {} : { ingress: INGRESS_NAMES[ingress] }),
    ...(change.public === undefined ? {} : { invokerIamDisabled: change.public }),
    ...(scaling === undefined ? {} : { scaling: scalingMessage(scaling) }),
  };
}

/** The limits go along also by hand, where they don't count: they hold again afterwards. */
function scalingMessage(scaling: ServiceScaling): protos.google.cloud.run.v2.IServiceScaling {
  const { min, max, manual } = scaling;
  return {
    minInstanceCount: min,
    ...(max === null ? {} : { maxInstanceCount: max }),
    ...(manual === null
      ? { scalingMode: 'AUTOMATIC' }
      : { scalingMode: 'MANUAL', manualInstanceCount: manual }),
  };
}

/** `invokerIamDisabled` -> `invoker_iam_disabled`, as masks spell it. */
function toPath(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The new revision's own address: it has no name yet, so the tag is put on "the latest". */
function tagTarget(tag: string | null): Target[] {
  return tag === null ? [] : [{ type: LATEST, percent: 0, tag }];
}

/** Only the traffic; the template isn't even sent. */
export function setTrafficRequest(
  { name, etag, serving }: Named,
  wanted: WantedTraffic,
): UpdateServiceRequest {
  const traffic =
    wanted.kind === 'latest'
      ? [latestTarget(), ...tagsAtZero(serving.shares)]
      : wanted.shares.map((share) => toTarget(share));
  return { service: { name, etag, traffic }, updateMask: { paths: ['traffic'] } };
}

/** Tags outlive a shift: they are somebody's addresses. */
function tagsAtZero(shares: readonly TrafficShare[]): Target[] {
  return shares
    .filter((share) => share.tag !== null)
    .map((share) => toTarget({ ...share, percent: 0 }));
}

/**
 * The shares that serve now, by name and without a tag that moves; a service that serves nothing
 * follows its latest.
 */
function heldTraffic(service: Service, movingTag: string | null): Target[] {
  const { shares } = service.serving;
  if (shares.length === 0) return [latestTarget()];
  return shares
    .map((share) => (share.tag === movingTag ? { ...share, tag: null } : share))
    .filter((share) => share.percent > 0 || share.tag !== null)
    .map((share) => toTarget(share));
}

function latestTarget(): Target {
  return { type: LATEST, percent: 100 };
}

function toTarget({ revision, percent, tag }: TrafficShare): Target {
  return { type: REVISION, revision, percent, ...(tag === null ? {} : { tag }) };
}
