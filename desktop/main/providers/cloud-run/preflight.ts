import { z } from 'zod';
import type { PreflightFinding } from '../../../shared/domain/preflight.ts';
import type { PreflightSpec } from '../../ports/deployment-provider.ts';
import type { DomainError } from '../../ports/domain-error.ts';
import { GRPC_STATUS, readGoogleError } from './google-error.ts';
import type { GoogleHttp } from './google-http.ts';
import {
  accessFailed,
  apiDisabled,
  invalidServiceName,
  isServiceName,
  notChecked,
  permissionMissing,
  projectUnreadable,
  specRefused,
} from './preflight-findings.ts';
import type { RequiredPermission } from './required-permissions.ts';
import { apisFor, permissionsFor } from './required-permissions.ts';
import type { ClientSource, RunClients } from './run-clients.ts';
import type { ServiceSnapshot } from './run-reads.ts';
import { findSnapshot } from './run-reads.ts';
import { createServiceRequest, cutRevisionRequest } from './service-change.ts';
import type { CallSubject } from './to-domain-error.ts';
import { toDomainError } from './to-domain-error.ts';

export interface PreflightOptions {
  readonly clients: ClientSource;
  readonly project: string;
  readonly location: string;
  readonly platform: string;
  /** null for a platform without projects: then everything is asked of the service. */
  readonly http: GoogleHttp | null;
  /** Who would be granted a role, as gcloud writes it; null when nobody knows. */
  readonly member: () => Promise<string | null>;
}

/** A service that may be there and can't be read is told from one that isn't. */
type Found = ServiceSnapshot | 'unreadable' | null;

const apiStates = z.object({
  services: z
    .array(z.object({ name: z.string(), state: z.string().default('STATE_UNSPECIFIED') }))
    .default([]),
});
const heldPermissions = z.object({ permissions: z.array(z.string()).default([]) });

/** Looks for what would keep a change from working, before anything is written (R2). */
export class Preflight {
  readonly #options: PreflightOptions;

  constructor(options: PreflightOptions) {
    this.#options = options;
  }

  async run(spec: PreflightSpec): Promise<readonly PreflightFinding[]> {
    try {
      const clients = await this.#options.clients.get();
      const name = spec.service === null ? [] : this.#checkName(spec.service);
      const [apis, permissions] = await Promise.all([
        this.#checkApis(spec),
        this.#checkPermissions(clients, spec),
      ]);
      const found = [...name, ...apis, ...permissions];
      const stopped = found.some(({ severity }) => severity === 'blocks');
      return stopped ? found : [...found, ...(await this.#checkSpec(clients, spec))];
    } catch (error) {
      return [accessFailed(this.#toDomainError(error, spec.service ?? ''))];
    }
  }

  #checkName(service: string): readonly PreflightFinding[] {
    return isServiceName(service) ? [] : [invalidServiceName(service)];
  }

  async #checkApis({ actions }: PreflightSpec): Promise<readonly PreflightFinding[]> {
    const { http, project } = this.#options;
    if (http === null) return [];
    const names = apisFor(actions).map((api) => `names=projects/${project}/services/${api}`);
    const url = `${http.apis.serviceUsage}/v1/projects/${project}/services:batchGet?${names.join('&')}`;
    try {
      const { services } = await http.get(url, apiStates);
      return services
        .filter(({ state }) => state !== 'ENABLED')
        .map(({ name }) => apiDisabled(name.slice(name.lastIndexOf('/') + 1), project));
    } catch (error) {
      return [this.#unreadable('which APIs are enabled', error)];
    }
  }

  async #checkPermissions(
    clients: RunClients,
    { service, actions }: PreflightSpec,
  ): Promise<readonly PreflightFinding[]> {
    const { http, project } = this.#options;
    const existing = await this.#find(clients, service);
    const required = permissionsFor(actions, existing !== null);
    if (existing === null && http === null) return [];
    const onProject = http === null ? new Set<string>() : await this.#heldOnProject(http, required);
    if (onProject instanceof Array) return onProject;
    const missing = required.filter(({ permission }) => !onProject.has(permission));
    const resource = existing === null ? null : this.#nameOf(service ?? '');
    const onService = await this.#heldOnService(clients, resource, missing);
    const member = await this.#options.member();
    return missing
      .filter(({ permission }) => !onService.has(permission))
      .map((permission) => permissionMissing(permission, project, member));
  }

  /** What is held on the project, or why that can't be known. */
  async #heldOnProject(
    http: GoogleHttp,
    required: readonly RequiredPermission[],
  ): Promise<ReadonlySet<string> | readonly PreflightFinding[]> {
    const { project } = this.#options;
    const url = `${http.apis.resourceManager}/v3/projects/${project}:testIamPermissions`;
    const permissions = required.map(({ permission }) => permission);
    try {
      const held = await http.post(url, { permissions }, heldPermissions);
      return new Set(held.permissions);
    } catch (error) {
      const { code, info } = readGoogleError(error);
      if (info === 'SERVICE_DISABLED') return [this.#unreadable('the permissions', error)];
      const gone = code === GRPC_STATUS.notFound || code === GRPC_STATUS.permissionDenied;
      if (gone) return [projectUnreadable(project)];
      throw error;
    }
  }

  /** A role may be granted on the service alone; only Cloud Run's own permissions can. */
  async #heldOnService(
    { services, callOptions }: RunClients,
    resource: string | null,
    missing: readonly RequiredPermission[],
  ): Promise<ReadonlySet<string>> {
    const everything = this.#options.http === null;
    const permissions = missing
      .filter(({ on }) => everything || on === 'service')
      .map(({ permission }) => permission);
    if (resource === null || permissions.length === 0) return new Set();
    const [held] = await services.testIamPermissions({ resource, permissions }, callOptions);
    return new Set(held.permissions ?? []);
  }

  /** A service that can't be read may exist: the permission to read it is then among the findings. */
  async #find(clients: RunClients, service: string | null): Promise<Found> {
    if (service === null || !isServiceName(service)) return null;
    try {
      return await findSnapshot(clients, this.#nameOf(service));
    } catch (error) {
      if (readGoogleError(error).code !== GRPC_STATUS.permissionDenied) throw error;
      return 'unreadable';
    }
  }

  /** Asks the platform whether it would take the change. */
  async #checkSpec(
    clients: RunClients,
    { service, template }: PreflightSpec,
  ): Promise<readonly PreflightFinding[]> {
    if (service === null || template === null) return [];
    const existing = await this.#find(clients, service);
    const request = { service, template, deployId: 'preflight' };
    const { services, callOptions } = clients;
    try {
      if (existing === null) {
        const create = createServiceRequest(this.#parent(), request);
        await services.createService({ ...create, validateOnly: true }, callOptions);
      } else if (existing !== 'unreadable') {
        const update = cutRevisionRequest(existing.service, request, null);
        await services.updateService({ ...update, validateOnly: true }, callOptions);
      }
      return [];
    } catch (error) {
      const refused = this.#toDomainError(error, service);
      if (refused.retryable) throw refused;
      return [specRefused(service, refused)];
    }
  }

  #parent(): string {
    const { project, location } = this.#options;
    return `projects/${project}/locations/${location}`;
  }

  #nameOf(service: string): string {
    return `${this.#parent()}/services/${service}`;
  }

  #unreadable(what: string, error: unknown): PreflightFinding {
    return notChecked(what, this.#toDomainError(error, ''));
  }

  #toDomainError(error: unknown, service: string): DomainError {
    const { platform, project } = this.#options;
    const subject: CallSubject = { platform, project, service, missing: 'SERVICE_NOT_FOUND' };
    return toDomainError(error, subject);
  }
}
