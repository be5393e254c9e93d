import { invalidArgument } from './api-error.ts';
import type { MessageShape } from './message-shape.ts';
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

/** Which fields a write means. */
export interface UpdateMask {
  readonly paths: readonly string[];
  /** The fields of a service: what is none of them is refused. */
  readonly shape: MessageShape;
}

/** Writes the masked fields of `next` into `current`. No mask, or `*`, replaces everything. */
export function applyMask(current: ServiceSpec, next: ServiceSpec, mask: UpdateMask): ServiceSpec {
  const { paths, shape } = mask;
  if (paths.length === 0 || paths.includes('*')) return next;
  const result = structuredClone(current) as Tree;
  for (const path of paths) {
    const [first = '', ...rest] = toSegments(path, shape);
    // A client that masks everything it read sends output-only fields too: they are ignored.
    if ((USER_FIELDS as readonly string[]).includes(first))
      copyPath(result, next, [first, ...rest]);
  }
  return result;
}

/** A path in the JSON spelling. Lists are replaced as a whole; a map's key stays as it is. */
function toSegments(path: string, shape: MessageShape): string[] {
  const segments: string[] = [];
  let fields = shape;
  for (let rest = path; rest !== '';) {
    const [part = '', ...more] = rest.split('.');
    const name = part.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const field = fields.get(name);
    if (field === undefined) throw invalidArgument('update_mask', `'${path}' is not a field path.`);
    segments.push(name);
    rest = more.join('.');
    if (rest === '') break;
    if (field.kind === 'map') return [...segments, rest.replace(/^`(.*)`$/, '$1')];
    if (field.kind !== 'message')
      throw invalidArgument(
        'update_mask',
        `'${path}' goes into '${name}', which is written whole.`,
      );
    fields = field.fields();
  }
  return segments;
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
