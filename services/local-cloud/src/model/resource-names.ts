import { LOCAL_LOCATION, LOCAL_PROJECT } from '@omni/contracts/local-cloud.ts';
import { invalidArgument, notFound } from './api-error.ts';

/** The only parent that exists here. */
const LOCAL_PARENT = `projects/${LOCAL_PROJECT}/locations/${LOCAL_LOCATION}`;

const LOCATION = /^projects\/([^/]+)\/locations\/([^/]+)$/;
const SERVICE = /^(projects\/[^/]+\/locations\/[^/]+)\/services\/([^/]+)$/;
const REVISION = /^(projects\/[^/]+\/locations\/[^/]+\/services\/[^/]+)\/revisions\/([^/]+)$/;
const OPERATION = /^(projects\/[^/]+\/locations\/[^/]+)\/operations\/([^/]+)$/;

export function serviceName(service: string): string {
  return `${LOCAL_PARENT}/services/${service}`;
}

export function revisionName(service: string, revision: string): string {
  return `${serviceName(service)}/revisions/${revision}`;
}

export function operationName(id: string): string {
  return `${LOCAL_PARENT}/operations/${id}`;
}

export function buildName(id: string): string {
  return `${LOCAL_PARENT}/builds/${id}`;
}

/** Accepts only the local project and location; location `-` is refused as the real API does. */
export function requireLocalParent(parent: string): void {
  const match = LOCATION.exec(parent);
  if (match === null)
    throw invalidArgument('parent', 'must look like projects/PROJECT/locations/LOCATION.');
  if (match[2] === '-') throw invalidArgument('parent', 'the location wildcard is not supported.');
  if (parent !== LOCAL_PARENT) throw notFound(parent);
}

/** Service id of a full service name. */
export function parseServiceName(name: string): string {
  const match = SERVICE.exec(name);
  if (match === null) throw invalidArgument('name', 'must look like PARENT/services/SERVICE.');
  requireLocalParent(match[1] ?? '');
  return match[2] ?? '';
}

/** Service and revision id of a full revision name. */
export function parseRevisionName(name: string): { service: string; revision: string } {
  const match = REVISION.exec(name);
  if (match === null)
    throw invalidArgument('name', 'must look like PARENT/services/SERVICE/revisions/REVISION.');
  return { service: parseServiceName(match[1] ?? ''), revision: match[2] ?? '' };
}

/** Operation id of a full operation name. */
export function parseOperationName(name: string): string {
  const match = OPERATION.exec(name);
  if (match === null) throw invalidArgument('name', 'must look like PARENT/operations/OPERATION.');
  requireLocalParent(match[1] ?? '');
  return match[2] ?? '';
}

/** `gateway-00002-abc` of either that or a full revision name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
