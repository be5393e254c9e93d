import type { FaultBook } from '../faults/fault-book.ts';
import { isHeld } from '../faults/held-permissions.ts';
import { permissionDenied } from '../model/api-error.ts';

/** What a caller must hold for a method; names are unique over the services served here. */
const NEEDED: Readonly<Record<string, string>> = {
  CreateService: 'run.services.create',
  GetService: 'run.services.get',
  ListServices: 'run.services.list',
  UpdateService: 'run.services.update',
  DeleteService: 'run.services.delete',
  GetIamPolicy: 'run.services.getIamPolicy',
  SetIamPolicy: 'run.services.setIamPolicy',
  GetRevision: 'run.revisions.get',
  ListRevisions: 'run.revisions.list',
  DeleteRevision: 'run.revisions.delete',
  GetOperation: 'run.operations.get',
  WaitOperation: 'run.operations.get',
  ListOperations: 'run.operations.list',
  DeleteOperation: 'run.operations.delete',
  SubmitBuild: 'run.builds.create',
  GetBuild: 'cloudbuild.builds.get',
  ListBuilds: 'cloudbuild.builds.list',
  CancelBuild: 'cloudbuild.builds.update',
};

/** Refuses in IAM's words when the permission is not held. */
export function requireHeld(faults: FaultBook, permission: string, resource: string): void {
  if (!isHeld(faults, permission)) throw permissionDenied(permission, resource);
}

/** Refuses a call whose method needs a permission that is not held. */
export function requirePermission(
  faults: FaultBook,
  method: string,
  request: Readonly<Record<string, unknown>>,
): void {
  const permission = NEEDED[method];
  if (permission !== undefined) requireHeld(faults, permission, runResource(resourceOf(request)));
}

/** A resource of Cloud Run as IAM spells it. */
export function runResource(name: string): string {
  return `//run.googleapis.com/${name}`;
}

function resourceOf({
  name,
  resource,
  parent,
  service,
}: Readonly<Record<string, unknown>>): string {
  const inner =
    typeof service === 'object' && service !== null && 'name' in service && service.name;
  const found = [name, resource, inner, parent].find(
    (text) => typeof text === 'string' && text !== '',
  );
  return typeof found === 'string' ? found : '';
}
