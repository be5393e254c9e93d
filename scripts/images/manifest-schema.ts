import { z } from 'zod';

/**
 * The Kubernetes objects of services/backend/k8s, as far as we use them: strict, so that a misspelt or
 * misplaced field is found here and not by a cluster that ignores it.
 */
const labels = z.record(z.string(), z.string());
const metadata = z.strictObject({
  name: z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/u),
  namespace: z.string(),
  labels,
  annotations: labels.optional(),
});
const selector = z.strictObject({ matchLabels: labels });
const quantities = z.strictObject({
  cpu: z.string().regex(/^\d+m?$/u),
  memory: z.string().regex(/^\d+[MG]i$/u),
  'ephemeral-storage': z.string().regex(/^\d+[MG]i$/u),
});
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.string() }),
  periodSeconds: z.int().positive(),
  failureThreshold: z.int().positive(),
  timeoutSeconds: z.int().positive(),
});
const variable = z.strictObject({
  name: z.string().regex(/^[A-Z][A-Z0-9_]*$/u),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({
      fieldRef: z.strictObject({ fieldPath: z.string() }).optional(),
      secretKeyRef: z
        .strictObject({ name: z.string(), key: z.string(), optional: z.boolean().optional() })
        .optional(),
    })
    .optional(),
});
const container = z.strictObject({
  name: z.string(),
  image: z.literal('IMAGE'),
  imagePullPolicy: z.enum(['IfNotPresent', 'Always']),
  ports: z.array(
    z.strictObject({ name: z.string(), containerPort: z.int(), protocol: z.literal('TCP') }),
  ),
  env: z.array(variable),
  resources: z.strictObject({ requests: quantities, limits: quantities }),
  startupProbe: probe,
  readinessProbe: probe,
  livenessProbe: probe,
  lifecycle: z.strictObject({
    preStop: z.strictObject({ sleep: z.strictObject({ seconds: z.int().positive() }) }),
  }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string() })),
});
const podSpec = z.strictObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.boolean(),
  terminationGracePeriodSeconds: z.int().positive(),
  securityContext: z.strictObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(1000),
    runAsGroup: z.literal(1000),
    fsGroup: z.literal(1000),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  topologySpreadConstraints: z.array(
    z.strictObject({
      maxSkew: z.int().positive(),
      topologyKey: z.string(),
      whenUnsatisfiable: z.enum(['ScheduleAnyway', 'DoNotSchedule']),
      labelSelector: selector,
    }),
  ),
  containers: z.tuple([container]),
  volumes: z.array(
    z.strictObject({ name: z.string(), emptyDir: z.strictObject({ sizeLimit: z.string() }) }),
  ),
});

const serviceAccount = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ServiceAccount'),
  metadata,
  automountServiceAccountToken: z.literal(false),
});
const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    type: z.enum(['ClusterIP', 'LoadBalancer']),
    selector: labels,
    ports: z.tuple([
      z.strictObject({
        name: z.string(),
        port: z.int(),
        targetPort: z.string(),
        protocol: z.literal('TCP'),
        appProtocol: z.literal('http').optional(),
      }),
    ]),
  }),
});
const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    revisionHistoryLimit: z.int(),
    progressDeadlineSeconds: z.int(),
    selector,
    strategy: z.strictObject({
      type: z.literal('RollingUpdate'),
      rollingUpdate: z.strictObject({ maxSurge: z.int(), maxUnavailable: z.literal(0) }),
    }),
    template: z.strictObject({ metadata: z.strictObject({ labels }), spec: podSpec }),
  }),
});
const autoscaler = z.strictObject({
  apiVersion: z.literal('autoscaling/v2'),
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata,
  spec: z.strictObject({
    scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    minReplicas: z.int().min(2),
    maxReplicas: z.int(),
    metrics: z.array(
      z.strictObject({
        type: z.literal('Resource'),
        resource: z.strictObject({
          name: z.literal('cpu'),
          target: z.strictObject({ type: z.literal('Utilization'), averageUtilization: z.int() }),
        }),
      }),
    ),
    behavior: z.strictObject({
      scaleUp: z.strictObject({ stabilizationWindowSeconds: z.int() }),
      scaleDown: z.strictObject({ stabilizationWindowSeconds: z.int() }),
    }),
  }),
});
const disruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: z.strictObject({ maxUnavailable: z.int().positive(), selector }),
});

/** Any one of the objects. */
export const manifestSchema = z.discriminatedUnion('kind', [
  serviceAccount,
  service,
  deployment,
  autoscaler,
  disruptionBudget,
]);

export type Manifest = z.infer<typeof manifestSchema>;
export type Deployment = z.infer<typeof deployment>;
