import type { protos } from '@google-cloud/run';
import type { EnvEntry, RevisionTemplate, Service } from '../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import type { RevisionRequest, WantedTraffic } from '../../ports/deployment-provider.ts';
import { LATEST, REVISION } from './run-messages.ts';

type UpdateServiceRequest = protos.google.cloud.run.v2.IUpdateServiceRequest;
type CreateServiceRequest = protos.google.cloud.run.v2.ICreateServiceRequest;
type Template = protos.google.cloud.run.v2.IRevisionTemplate;
type Target = protos.google.cloud.run.v2.ITrafficTarget;

/** Label by which a retry finds the revision that its first try made (R9). */
export const DEPLOY_LABEL = 'omni-deploy-id';

/** An id as a label value may be written: lower case, at most 63 characters. */
export function deployLabel(deployId: string): string {
  return deployId
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, 63);
}

/** The service that doesn't exist yet: its first revision gets all traffic. */
export function createServiceRequest(
  parent: string,
  request: RevisionRequest,
): CreateServiceRequest {
  return {
    parent,
    serviceId: request.service,
    service: { template: toTemplateMessage(request), traffic: [latestTarget()] },
  };
}

/**
 * A new revision of a service that keeps its traffic where it is. The revision's name is cleared:
 * one that a template carries from an earlier deploy would make every later change fail (2.2).
 */
export function cutRevisionRequest(
  name: string,
  service: Service,
  request: RevisionRequest,
): UpdateServiceRequest {
  return {
    service: {
      name,
      etag: service.etag,
      template: toTemplateMessage(request),
      traffic: heldTraffic(service),
    },
    updateMask: { paths: ['template', 'template.revision', 'traffic'] },
  };
}

/** Only the traffic; the template isn't even sent. */
export function setTrafficRequest(
  name: string,
  etag: string,
  wanted: WantedTraffic,
): UpdateServiceRequest {
  const traffic =
    wanted.kind === 'latest' ? [latestTarget()] : wanted.shares.map((share) => toTarget(share));
  return { service: { name, etag, traffic }, updateMask: { paths: ['traffic'] } };
}

/** The shares that serve now, by name; a service that serves nothing follows its latest. */
function heldTraffic(service: Service): Target[] {
  const { shares } = service.serving;
  return shares.length === 0 ? [latestTarget()] : shares.map((share) => toTarget(share));
}

function latestTarget(): Target {
  return { type: LATEST, percent: 100 };
}

function toTarget({ revision, percent, tag }: TrafficShare): Target {
  return { type: REVISION, revision, percent, ...(tag === null ? {} : { tag }) };
}

function toTemplateMessage({ template, deployId }: RevisionRequest): Template {
  return {
    labels: { [DEPLOY_LABEL]: deployLabel(deployId) },
    scaling: {
      minInstanceCount: template.minInstances,
      maxInstanceCount: template.maxInstances,
    },
    timeout: { seconds: template.timeoutSeconds },
    maxInstanceRequestConcurrency: template.concurrency,
    containers: [
      {
        image: template.image,
        env: template.env.map(toEnvMessage),
        ports: [{ name: 'http1', containerPort: template.port }],
        resources: toResources(template),
        startupProbe: toProbeMessage(template),
      },
    ],
  };
}

function toEnvMessage(entry: EnvEntry): protos.google.cloud.run.v2.IEnvVar {
  if ('value' in entry) return { name: entry.name, value: entry.value };
  const { name, secret, version } = entry;
  return { name, valueSource: { secretKeyRef: { secret, version } } };
}

/** `cpuIdle` has to be said: limits without it silently switch to instance-based billing (2.1). */
function toResources(template: RevisionTemplate): protos.google.cloud.run.v2.IResourceRequirements {
  return {
    limits: { cpu: String(template.cpu), memory: `${String(template.memoryMib)}Mi` },
    cpuIdle: true,
  };
}

/** Always HTTP: the default TCP probe passes before a model is loaded. */
function toProbeMessage(template: RevisionTemplate): protos.google.cloud.run.v2.IProbe {
  const { path, periodSeconds, timeoutSeconds, failureThreshold } = template.startupProbe;
  return {
    httpGet: { path, port: template.port },
    periodSeconds,
    timeoutSeconds,
    failureThreshold,
  };
}
