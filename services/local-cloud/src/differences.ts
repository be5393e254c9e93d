import type { LocalDifferences } from '@omni/contracts/local-cloud.ts';

/**
 * Where local-cloud is not Cloud Run, for whoever wonders why the two behave differently. The README
 * shows the same list and a test compares them. `test` (under src/) shows what is said of here; where
 * it is null, or where `there` says so, nothing shows it.
 */
export const DIFFERENCES: LocalDifferences = [
  {
    topic: 'isolation',
    here: 'processes of one user on one machine, no CPU or memory limits, a shared file system',
    there: 'sandboxed containers with the limits of the template',
    test: 'supervisor/instance-environment.test.ts',
  },
  {
    topic: 'project and location',
    here: 'one, `projects/local/locations/local`; every other is NOT_FOUND',
    there: 'as many as one has',
    test: 'api/services-api.test.ts',
  },
  {
    topic: 'images',
    here: 'artifacts of local builds, `local/NAME@sha256:...`; `command` is stored, not run; `args` are passed',
    there: 'any OCI image',
    test: 'build/local-builds.test.ts',
  },
  {
    topic: 'containers',
    here: 'exactly one per revision, no gRPC probes; volumes are stored and not mounted',
    there: 'sidecars, volumes, gRPC probes',
    test: 'model/validate-service.test.ts',
  },
  {
    topic: 'sizes',
    here: 'CPU of 1, 2, 4, 6, 8 or a part of one, each with its range of memory; nothing else is checked',
    there: 'the ranges depend on the generation of the sandbox (unverified)',
    test: 'model/validate-service.test.ts',
  },
  {
    topic: 'labels',
    here: 'only reserved namespaces are refused',
    there: 'keys and values have their own alphabet and length (unverified)',
    test: 'model/validate-service.test.ts',
  },
  {
    topic: 'addresses',
    here: '`http://127.0.0.1:PORT`; tags by host name `TAG---SERVICE.localhost:PORT`',
    there: 'https, two names per service, a public name per tag',
    test: 'router/service-router.test.ts',
  },
  {
    topic: 'own domains',
    here: 'none, and no call for them',
    there: 'mapped to a service, with a certificate; read and made by the older API (v1)',
    test: null,
  },
  {
    topic: 'ingress',
    here: 'internal means instances of this local cloud; there is no load balancer',
    there: 'internal means networks of the project',
    test: 'router/gate.test.ts',
  },
  {
    topic: 'invoker check',
    here: 'the identity is the token of this run; one of an earlier version whose policy was never set stays open',
    there: 'identity tokens of Google accounts; without a policy a service is closed',
    test: 'router/gate.test.ts',
  },
  {
    topic: 'IAM of the API',
    here: 'one user who holds every permission, except those that a fault takes',
    there: 'roles',
    test: 'faults/faults.test.ts',
  },
  {
    topic: 'permission of SubmitBuild',
    here: '`run.builds.create`',
    there: 'named in no public document (unverified)',
    test: null,
  },
  {
    topic: 'start-up probes',
    here: 'asked more often than `period_seconds`; the time until failure is the same',
    there: 'asked once per period',
    test: 'api/services-api.test.ts',
  },
  {
    topic: 'a crash during a deploy',
    here: 'fails the deploy at once',
    there: 'may be tried again (unverified)',
    test: 'api/services-api.test.ts',
  },
  {
    topic: 'max instances',
    here: 'the default of 100 means 4; an explicit value is kept',
    there: 'up to the quota',
    test: 'model/template-defaults.test.ts',
  },
  {
    topic: 'scale to zero',
    here: 'after 15 idle minutes; the revision that lost its traffic after 5',
    there: 'undocumented, about 15 minutes (unverified)',
    test: 'supervisor/revision-supervisor.test.ts',
  },
  {
    topic: 'a full service',
    here: '429 after ten seconds in line, or when a thousand wait',
    there: '429 after about as long (unverified)',
    test: 'supervisor/queueing.test.ts',
  },
  {
    topic: 'session affinity',
    here: 'by cookie to an instance, and so to its revision while that has traffic',
    there: 'best effort by cookie; beside a split of traffic (unverified)',
    test: 'router/access.test.ts',
  },
  {
    topic: 'request body and header limits',
    here: "Node's own",
    there: '32 MiB for HTTP/1, documented limits',
    test: null,
  },
  {
    topic: 'HTTP/2',
    here: 'a port named `h2c` is taken and gets HTTP/1.1',
    there: 'h2c to the container',
    test: null,
  },
  {
    topic: 'etag conflict',
    here: 'ABORTED with the reason ETAG_MISMATCH',
    there: 'code and reason are undocumented (unverified)',
    test: 'api/services-api.test.ts',
  },
  {
    topic: 'etag',
    here: "changes with a caller's write only",
    there: 'may change while reconciling (unverified)',
    test: 'api/fidelity.test.ts',
  },
  {
    topic: 'a write that changes nothing',
    here: 'no new generation; it tries a failed revision again',
    there: 'no new revision; the rest is undocumented (unverified)',
    test: 'api/fidelity.test.ts',
  },
  {
    topic: 'lastTransitionTime',
    here: 'when the resource last changed',
    there: 'when the condition did',
    test: null,
  },
  {
    topic: 'revision names',
    here: 'end with three letters',
    there: 'end with three letters or digits',
    test: 'model/revision.test.ts',
  },
  {
    topic: 'fields that a service account, a creator or a network fills',
    here: 'absent unless sent',
    there: 'the default service account, `creator`, `last_modifier`, `satisfies_pzs`',
    test: null,
  },
  {
    topic: 'page size',
    here: '100 unless asked for, 1000 at most',
    there: 'undocumented (unverified)',
    test: 'api/list-page.test.ts',
  },
  {
    topic: 'build operation',
    here: 'a `Struct` in metadata and response, polled at this server; the build itself by REST on the HTTP port (get, list, cancel)',
    there: "Cloud Build's own messages, polled at Cloud Build",
    test: 'build/local-builds.test.ts',
  },
  {
    topic: 'sources of builds',
    here: 'a folder of the workspace, or an archive in a bucket, which is the folder `buckets/NAME` of the state folder; bundled by a fixed recipe: `dockerBuild` and `buildpackBuild` are not looked at',
    there: 'an archive in Cloud Storage, built by Docker or a buildpack',
    test: 'build/local-builds.test.ts',
  },
  {
    topic: 'CancelOperation',
    here: 'ends builds, does nothing to anything else',
    there: 'not offered by Cloud Run (unverified)',
    test: 'build/local-builds.test.ts',
  },
  {
    topic: 'secrets',
    here: 'files, read when an instance starts; never mounted; a missing one fails the deploy with FAILED_PRECONDITION',
    there: 'Secret Manager; the code of the operation is undocumented (unverified)',
    test: 'secrets/secret-store.test.ts',
  },
  {
    topic: 'other resources of the client (jobs, worker pools, tasks, instances)',
    here: 'UNIMPLEMENTED',
    there: 'served',
    test: null,
  },
  {
    topic: 'REST',
    here: 'gRPC only',
    there: 'both',
    test: null,
  },
  {
    topic: 'operations',
    here: 'kept a day, at least an hour',
    there: 'kept for a while (unverified)',
    test: 'reconcile/operations.test.ts',
  },
  {
    topic: 'logs',
    here: 'the last 1000 lines per revision and 10,000 per build, in memory, by HTTP',
    there: 'Cloud Logging',
    test: 'http/http-endpoint.test.ts',
  },
];
