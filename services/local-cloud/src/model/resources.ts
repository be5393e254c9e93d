/**
 * The resources as the API spells them (camelCase JSON of the protobuf messages). Fields that the
 * local cloud stores and returns without acting on them stay in the index signature.
 */
export interface Timestamp {
  readonly seconds: string;
  readonly nanos: number;
}

export interface Duration {
  readonly seconds?: string | number;
  readonly nanos?: number;
}

interface SecretKeyRef {
  readonly secret?: string;
  readonly version?: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueSource?: { readonly secretKeyRef?: SecretKeyRef };
}

interface HttpGet {
  readonly path?: string;
  readonly port?: number;
  readonly httpHeaders?: readonly { readonly name?: string; readonly value?: string }[];
}

export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly httpGet?: HttpGet;
  readonly tcpSocket?: { readonly port?: number };
  readonly grpc?: unknown;
}

export interface Resources {
  readonly limits?: Readonly<Record<string, string>>;
  readonly cpuIdle?: boolean;
  readonly startupCpuBoost?: boolean;
}

export interface Container {
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort?: number }[];
  readonly resources?: Resources | null;
  readonly volumeMounts?: readonly { readonly name?: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly [field: string]: unknown;
}

export interface Scaling {
  readonly minInstanceCount?: number;
  readonly maxInstanceCount?: number;
  /** Of a service only; MANUAL keeps exactly `manualInstanceCount` instances. */
  readonly scalingMode?: string;
  readonly manualInstanceCount?: number;
  readonly [field: string]: unknown;
}

export interface Template {
  readonly revision?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly scaling?: Scaling;
  readonly timeout?: Duration;
  readonly containers?: readonly Container[];
  readonly serviceAccount?: string;
  readonly volumes?: readonly { readonly name?: string }[];
  readonly maxInstanceRequestConcurrency?: number;
  readonly [field: string]: unknown;
}

export const LATEST = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';
export const REVISION = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';
export type AllocationType = typeof LATEST | typeof REVISION;

export interface TrafficTarget {
  readonly type?: AllocationType;
  readonly revision?: string;
  readonly percent?: number;
  readonly tag?: string;
}

/** What a caller may set on a service. */
export interface ServiceSpec {
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly template?: Template;
  readonly traffic?: readonly TrafficTarget[];
  readonly scaling?: Scaling;
  readonly [field: string]: unknown;
}

/** Why a revision or a route is not ready, in the API's own vocabulary. */
export interface Failure {
  /** `Condition.reason`, for example CONTAINER_MISSING. */
  readonly reason?: string;
  /** `Condition.revision_reason`, for example HEALTH_CHECK_CONTAINER_ERROR. */
  readonly revisionReason?: string;
  readonly message: string;
}

/** A traffic target that is being served: the revision is known. */
export interface ServedTarget {
  readonly type: AllocationType;
  readonly revision: string;
  readonly percent: number;
  readonly tag: string;
}

export interface ServiceRecord {
  readonly id: string;
  readonly uid: string;
  readonly spec: ServiceSpec;
  readonly generation: number;
  readonly observedGeneration: number;
  /** Counts the caller's writes; the etag is made of it. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly changedAt: number;
  readonly latestCreated: string;
  readonly latestReady: string;
  readonly served: readonly ServedTarget[];
  readonly reconciling: boolean;
  readonly configurationFailure: Failure | null;
  readonly routesFailure: Failure | null;
  /** Port of the router; 0 until it listens. */
  readonly port: number;
  readonly deletedAt: number | null;
  /** Absent on services of earlier versions, which asked no caller for an identity: they stay open. */
  readonly checksInvokers?: boolean;
}

type RevisionState = 'pending' | 'ready' | 'failed';

export interface RevisionRecord {
  readonly id: string;
  readonly uid: string;
  readonly service: string;
  readonly generation: number;
  readonly template: Template;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly state: RevisionState;
  readonly failure: Failure | null;
  /** sha256 of the image's artifact, resolved when the revision was cut; empty when missing. */
  readonly digest: string;
}

type OperationKind = 'create' | 'update' | 'delete-service' | 'delete-revision' | 'build';

export interface OperationRecord {
  readonly id: string;
  readonly kind: OperationKind;
  readonly service: string;
  /** Revision that the operation has to bring up or delete; empty for traffic only. */
  readonly revision: string;
  readonly generation: number;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly error: OperationError | null;
  /** The resource at the end (a service, a revision or a build) in the API's spelling. */
  readonly result: Readonly<Record<string, unknown>> | null;
}

export interface OperationError {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
}

/** The stored form of an IAM policy; its etag is its version. */
export interface PolicyRecord {
  readonly version: number;
  readonly bindings: readonly unknown[];
}

/** One image name (without tag or digest it is the tag `latest`) and what it points to. */
export interface ImageRecord {
  readonly digest: string;
}
