import { invalidArgument } from './api-error.ts';
import type { ServiceSpec } from './resources.ts';

/** What a caller may write; everything else on a service is output only. */
const USER_FIELDS = [
  'description',
  'labels',
  'annotations',
  'client',
  'clientVersion',
  'ingress',
  'launchStage',
  'binaryAuthorization',
  'template',
  'traffic',
  'scaling',
  'invokerIamDisabled',
  'defaultUriDisabled',
  'iapEnabled',
  'multiRegionSettings',
  'customAudiences',
  'buildConfig',
] as const;

type Tree = Record<string, unknown>;

/** The fields of a service message that a caller may set; output-only ones are dropped. */
export function userFields(message: Readonly<Tree>): ServiceSpec {
  const spec: Tree = {};
  for (const field of USER_FIELDS) if (isSet(message[field])) spec[field] = message[field];
  return spec;
}

/** Writes the masked fields of `next` into `current`. No mask, or `*`, replaces everything. */
export function applyMask(
  current: ServiceSpec,
  next: ServiceSpec,
  paths: readonly string[],
): ServiceSpec {
  if (paths.length === 0 || paths.includes('*')) return next;
  const result = structuredClone(current) as Tree;
  for (const path of paths) copyPath(result, next, toSegments(path));
  return result;
}

function toSegments(path: string): string[] {
  const segments = path
    .split('.')
    .map((segment) => segment.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
  const [first = ''] = segments;
  // A client that masks everything it read sends output-only fields too: they are ignored.
  if (segments.some((segment) => !/^[A-Za-z][A-Za-z0-9-]*$/.test(segment)))
    throw invalidArgument('update_mask', `'${path}' is not a field path.`);
  return (USER_FIELDS as readonly string[]).includes(first) ? segments : [];
}

function copyPath(target: Tree, source: Readonly<Tree>, segments: readonly string[]): void {
  const [head, ...rest] = segments;
  if (head === undefined) return;
  const value = source[head];
  if (rest.length === 0) {
    if (!isSet(value)) Reflect.deleteProperty(target, head);
    else target[head] = structuredClone(value);
    return;
  }
  const child = isTree(target[head]) ? target[head] : {};
  copyPath(child, isTree(value) ? value : {}, rest);
  target[head] = child;
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
