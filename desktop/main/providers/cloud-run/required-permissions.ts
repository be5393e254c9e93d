import type { PreflightAction } from '../../../shared/domain/preflight.ts';

/** A permission with the smallest predefined role that has it. */
export interface RequiredPermission {
  readonly permission: string;
  readonly role: string;
  /** What it is needed for: `to cut a revision`. */
  readonly purpose: string;
  /**
   * Where it may be granted besides the project. A `service` is asked too; for an `other` resource
   * (a service account, a repository, a bucket) the console can't tell, so it only warns.
   */
  readonly on: 'project' | 'service' | 'other';
}

const needsOn =
  (on: RequiredPermission['on']) =>
  (permission: string, role: string, purpose: string): RequiredPermission => ({
    permission,
    role,
    purpose,
    on,
  });
const onProject = needsOn('project');
const onService = needsOn('service');
const onOther = needsOn('other');

const CREATE = 'run.services.create';
const VIEWER = 'roles/run.viewer';
const DEVELOPER = 'roles/run.developer';
const SOURCE_DEVELOPER = 'roles/run.sourceDeveloper';

/** Permissions by what is about to be done (control-plane facts, 2.12). */
const REQUIRED: Readonly<Record<PreflightAction, readonly RequiredPermission[]>> = {
  read: [
    onService('run.services.get', VIEWER, 'to read the service'),
    onProject('run.services.list', VIEWER, 'to list the services'),
    onProject('run.revisions.list', VIEWER, 'to list the revisions'),
    onProject('run.operations.get', VIEWER, 'to follow a change to its end'),
  ],
  deploy: [
    onProject(CREATE, DEVELOPER, 'to create the service'),
    onService('run.services.update', DEVELOPER, 'to cut revisions and move traffic'),
    onOther(
      'iam.serviceAccounts.actAs',
      'roles/iam.serviceAccountUser',
      'to run revisions as their service account',
    ),
    onOther(
      'artifactregistry.repositories.downloadArtifacts',
      'roles/artifactregistry.reader',
      'to read the image',
    ),
  ],
  build: [
    onProject('run.builds.create', SOURCE_DEVELOPER, 'to build the source'),
    onProject('cloudbuild.builds.create', SOURCE_DEVELOPER, 'to start the build'),
    onProject('cloudbuild.builds.get', SOURCE_DEVELOPER, 'to follow the build'),
    onProject('cloudbuild.builds.list', SOURCE_DEVELOPER, 'to find a build that was begun before'),
    onProject('storage.buckets.list', SOURCE_DEVELOPER, 'to know which buckets are its own'),
    onOther('storage.objects.create', SOURCE_DEVELOPER, 'to upload the source'),
    onOther(
      'artifactregistry.repositories.get',
      SOURCE_DEVELOPER,
      'to find the repository of the images',
    ),
  ],
  public: [
    onService('run.services.setIamPolicy', 'roles/run.admin', 'to open the service to everybody'),
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

/**
 * Everything that these actions need; reading is part of every one of them.
 *
 * @param exists a service that is there needn't be created
 */
export function permissionsFor(
  actions: readonly PreflightAction[],
  exists: boolean,
): readonly RequiredPermission[] {
  const required = all(actions).flatMap((action) => REQUIRED[action]);
  return exists ? required.filter(({ permission }) => permission !== CREATE) : required;
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
