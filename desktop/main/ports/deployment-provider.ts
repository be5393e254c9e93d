import type { DomainMapping } from '../../shared/domain/domain-mapping.ts';
import type { PreflightAction, PreflightFinding } from '../../shared/domain/preflight.ts';
import type {
  Ingress,
  Revision,
  RevisionTemplate,
  Service,
  ServiceScaling,
  ServiceSettings,
} from '../../shared/domain/revision.ts';
import type { TrafficShare } from '../../shared/domain/traffic.ts';

/** What the platform can do; the views draw only what is true. */
export interface Capabilities {
  readonly build: boolean;
  readonly trafficSplit: boolean;
  readonly tags: boolean;
  readonly scaleToZero: boolean;
  readonly logs: boolean;
  /** Can a service be opened to callers without credentials, and closed again? */
  readonly publicAccess: boolean;
  /** Can the state of a service's own domains be read? */
  readonly domainMappings: boolean;
  /** Are the platform's prices known? */
  readonly costEstimate: boolean;
}

/** A change that the platform works on. `name` outlives this process: it can be followed again. */
export interface RemoteOperation {
  readonly name: string;
  readonly service: string;
  /** What was asked for and left out, with the fix; the rest of the change is under way. */
  readonly warnings?: readonly PreflightFinding[];
}

/** How a remote operation ended. A failed one names the cause, not a symptom. */
export type RemoteOutcome =
  | { readonly state: 'succeeded'; readonly revision: string | null }
  | {
      readonly state: 'failed';
      readonly reason: string;
      /** The platform's own name of the cause, for example SECRETS_ACCESS_CHECK_FAILED. */
      readonly cause?: string;
    };

/** Traffic as it is wanted: a split by revision, or "whatever is the latest ready one". */
export type WantedTraffic =
  | { readonly kind: 'split'; readonly shares: readonly TrafficShare[] }
  | { readonly kind: 'latest' };

export interface RevisionRequest {
  readonly service: string;
  readonly template: RevisionTemplate;
  /** Put on the template as a label: a retry with the same id adopts the revision it made. */
  readonly deployId: string;
  /** Gives the new revision an address of its own while it gets no traffic. Moves from its holder. */
  readonly tag?: string | null;
  /** Set together with the revision, in the same write; what is absent stays as it is. */
  readonly settings?: Partial<ServiceSettings>;
}

/** Who may call a service; what is absent stays as it is. */
export interface AccessChange {
  readonly ingress?: Ingress;
  readonly public?: boolean;
}

export interface PreflightSpec {
  /** null: only what any service needs. */
  readonly service: string | null;
  readonly actions: readonly PreflightAction[];
  /** When given, the platform is asked whether it would take it. */
  readonly template: RevisionTemplate | null;
}

export interface PlatformLogLine {
  /** Epoch ms. */
  readonly at: number;
  readonly revision: string;
  readonly line: string;
}

/**
 * A platform that runs services as immutable revisions and splits traffic between them
 * (Cloud Run's model). One suite (deployment-provider.conformance.ts) holds every adapter to this.
 *
 * Every method may throw DomainError TARGET_UNREACHABLE, PERMISSION_DENIED, TIMEOUT or INTERNAL.
 */
export interface DeploymentProvider {
  capabilities(): Capabilities;
  listServices(): Promise<readonly Service[]>;
  /** Throws SERVICE_NOT_FOUND. */
  getService(service: string): Promise<Service>;
  /** Newest first; empty for a service that doesn't exist. */
  listRevisions(service: string): Promise<readonly Revision[]>;
  /**
   * Creates the service, or cuts a new revision of it **without moving traffic**: the serving
   * revisions keep their shares until `setTraffic`. The first revision of a new service gets all
   * traffic once it is ready. Throws CONFLICT when another change is under way, INVALID_INPUT when
   * the platform refuses the template.
   */
  createRevision(request: RevisionRequest): Promise<RemoteOperation>;
  /**
   * Never rebuilds, never cuts a revision, loses no request. Throws SERVICE_NOT_FOUND,
   * TRAFFIC_SPLIT_INVALID (before any call) and CONFLICT (someone else changed the service).
   */
  setTraffic(service: string, wanted: WantedTraffic): Promise<RemoteOperation>;
  /**
   * Cuts no revision and moves no traffic. A platform that refuses to open the service says so in
   * `warnings` and does the rest. Throws SERVICE_NOT_FOUND, CONFLICT, UNSUPPORTED.
   */
  setAccess(service: string, change: AccessChange): Promise<RemoteOperation>;
  /** Instances of the whole service; cuts no revision. Throws SERVICE_NOT_FOUND, CONFLICT. */
  setScaling(service: string, scaling: ServiceScaling): Promise<RemoteOperation>;
  /** What would keep a change from working. Writes nothing; empty when all is well. */
  preflight(spec: PreflightSpec): Promise<readonly PreflightFinding[]>;
  /** The domains in front of a service. Throws UNSUPPORTED where `domainMappings` is false. */
  domainMappings(service: string): Promise<readonly DomainMapping[]>;
  /**
   * Polls until the operation ended; also one that an earlier process started. Aborting stops the
   * waiting, not the platform's work. Throws OPERATION_NOT_FOUND and TIMEOUT.
   */
  waitFor(operation: RemoteOperation, signal: AbortSignal): Promise<RemoteOutcome>;
  /** The newest lines of a revision's instances, oldest first. */
  readLogs(service: string, revision: string, limit: number): Promise<readonly PlatformLogLine[]>;
}
