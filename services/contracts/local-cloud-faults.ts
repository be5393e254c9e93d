import { z } from 'zod';

/**
 * Faults that a test or a rehearsal asks of a local-cloud: what a real cloud does on a bad day. Off
 * unless asked for. `GET`, `POST` (adds one) and `DELETE` (all, or `?id=`) of `FAULTS_PATH` on the
 * HTTP port, with the run's token; at start `--fault JSON`, repeatable.
 */
export const FAULTS_PATH = '/v1/faults';

const id = z.string().max(63).optional();
const times = z.number().int().min(1).max(1_000_000).default(1);
/** Name of a gRPC method (`UpdateService`, `GetOperation`), or `*` for every one. */
const method = z.string().regex(/^(?:\*|[A-Z][A-Za-z]+)$/);
/** A service, or `*`. */
const service = z.string().min(1).max(63).default('*');
const ms = z.number().int().min(0).max(600_000);

export const localFault = z.discriminatedUnion('kind', [
  /** The next calls of a method are answered with an error and nothing else happens. */
  z.object({
    kind: z.literal('call-error'),
    id,
    method,
    code: z.enum(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'DEADLINE_EXCEEDED']),
    times,
  }),
  /** The next calls of a method do what they do, but the answer is lost on its way. */
  z.object({ kind: z.literal('lost-response'), id, method, times }),
  /** The next calls of a method are answered late. */
  z.object({ kind: z.literal('slow-call'), id, method, ms, times }),
  /** Somebody else writes the service between the caller's read and its next writes. */
  z.object({ kind: z.literal('etag-race'), id, service, times }),
  /** These permissions are not held until the fault is removed. */
  z.object({
    kind: z.literal('permission-denied'),
    id,
    permissions: z.array(z.string().regex(/^[a-z]+\.[a-zA-Z.]+$/)).min(1),
  }),
  /** Start-up probes of instances started from now on don't pass for this long. */
  z.object({ kind: z.literal('slow-start'), id, service, ms }),
  /** Probes of a kind never pass until the fault is removed. */
  z.object({
    kind: z.literal('failing-probe'),
    id,
    service,
    probe: z.enum(['startup', 'liveness']).default('startup'),
  }),
  /** The image of new instances can't be pulled until the fault is removed. */
  z.object({ kind: z.literal('missing-artifact'), id, service }),
  /** The next builds of a source folder fail, after their log said so. */
  z.object({
    kind: z.literal('build-failure'),
    id,
    source: service,
    message: z.string().max(500).default('npm ci: the lock file does not match package.json'),
    times,
  }),
  /** The next builds take this much longer, which is the time to cancel them. */
  z.object({ kind: z.literal('slow-build'), id, source: service, ms, times }),
  /** A quota of the project: no more services than this, or no more instances at all. */
  z.object({
    kind: z.literal('quota'),
    id,
    resource: z.enum(['services', 'instances']),
    limit: z.number().int().min(0).default(0),
  }),
]);

/** A fault as one asks for it: what has a default may be left out. */
export type LocalFaultRequest = z.input<typeof localFault>;
export type LocalFault = z.output<typeof localFault>;

/** A fault that is on; `times` counts down to its end. */
export const activeFault = z.intersection(localFault, z.object({ id: z.string() }));
export type ActiveFault = z.output<typeof activeFault>;
export const activeFaults = z.array(activeFault);
