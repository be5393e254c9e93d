import type { PreflightAction } from '../../../shared/domain/preflight.ts';

/** A permission with the smallest predefined role that has it. */
export interface RequiredPermission {
  readonly permission: string;
  readonly role: string;
  /** What it is needed for: `to cut a revision`. */
  readonly purpose: string;
  /** `service` permissions can be asked of the service itself, all of them of the project. */
  readonly on: 'project' | 'service';
}

const needs = (
  permission: string,
  role: string,
  purpose: string,
  on: 'project' | 'service' = 'service',
): RequiredPermission => ({ permission, role, purpose, on });

const VIEWER = 'roles/run.viewer';
const DEVELOPER = 'roles/run.developer';
const SOURCE_DEVELOPER = 'roles/run.sourceDeveloper';

/** Permissions by what is about to be done (control-plane facts, 2.12). */
const REQUIRED: Readonly<Record<PreflightAction, readonly RequiredPermission[]>> = {
  read: [
    needs('run.services.get', VIEWER, 'to read the service'),
    needs('run.services.list', VIEWER, 'to list the services', 'project'),
    needs('run.revisions.list', VIEWER, 'to list the revisions', 'project'),
    needs('run.operations.get', VIEWER, 'to follow a change to its end', 'project'),
  ],
  deploy: [
    needs('run.services.create', DEVELOPER, 'to create the service', 'project'),
    needs('run.services.update', DEVELOPER, 'to cut revisions and move traffic'),
    needs(
      'iam.serviceAccounts.actAs',
      'roles/iam.serviceAccountUser',
      'to run revisions as their service account',
      'project',
    ),
    needs(
      'artifactregistry.repositories.downloadArtifacts',
      'roles/artifactregistry.reader',
      'to read the image',
      'project',
    ),
  ],
  build: [
    needs('run.builds.create', SOURCE_DEVELOPER, 'to build the source', 'project'),
    needs('cloudbuild.builds.create', SOURCE_DEVELOPER, 'to start the build', 'project'),
    needs('cloudbuild.builds.get', SOURCE_DEVELOPER, 'to follow the build', 'project'),
    needs('storage.objects.create', SOURCE_DEVELOPER, 'to upload the source', 'project'),
    needs(
      'artifactregistry.repositories.get',
      SOURCE_DEVELOPER,
      'to find the repository of the images',
      'project',
    ),
  ],
  public: [
    needs('run.services.setIamPolicy', 'roles/run.admin', 'to open the service to everybody'),
  ],
};

/** APIs that have to be enabled, by what is about to be done. */
const APIS: Readonly<Record<PreflightAction, readonly string[]>> = {
  read: ['run.googleapis.com'],
  deploy: ['run.googleapis.com', 'artifactregistry.googleapis.com'],
  build: [
    'run.googleapis.com',
    'artifactregistry.googleapis.com',
    'cloudbuild.googleapis.com',
    'storage.googleapis.com',
  ],
  public: ['run.googleapis.com'],
};

/** Everything that these actions need; reading is part of every one of them. */
export function permissionsFor(actions: readonly PreflightAction[]): readonly RequiredPermission[] {
  return all(actions).flatMap((action) => REQUIRED[action]);
}

export function apisFor(actions: readonly PreflightAction[]): readonly string[] {
  return [...new Set(all(actions).flatMap((action) => APIS[action]))];
}

function all(actions: readonly PreflightAction[]): readonly PreflightAction[] {
  return [...new Set<PreflightAction>(['read', ...actions])];
}

/** The role that a permission comes with, null for one that the console never asks for. */
export function roleFor(permission: string): string | null {
  const known = Object.values(REQUIRED).flat();
  return known.find((required) => required.permission === permission)?.role ?? null;
}
