import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../bootstrap/places.mjs';
import { imagePlans } from './build-images.ts';
import { manifestSchema } from './manifest-schema.ts';
import type { Deployment, Manifest } from './manifest-schema.ts';

const read = (file: string): string => fs.readFileSync(path.join(projectRoot, file), 'utf8');

function manifests(file: string): Manifest[] {
  return parseAllDocuments(read(file)).map((document) => {
    expect(document.errors).toEqual([]);
    return manifestSchema.parse(document.toJS());
  });
}

function ofKind<K extends Manifest['kind']>(
  all: readonly Manifest[],
  kind: K,
): Extract<Manifest, { kind: K }> {
  const found = all.find((manifest) => manifest.kind === kind);
  if (found === undefined) throw new Error(`There is no ${kind}.`);
  return found as Extract<Manifest, { kind: K }>;
}

describe('services/backend/k8s/deployment.yaml', () => {
  const all = manifests('services/backend/k8s/deployment.yaml');
  const deployment: Deployment = ofKind(all, 'Deployment');
  const pod = deployment.spec.template;
  const [container] = pod.spec.containers;
  const budget = (probe: { periodSeconds: number; failureThreshold: number }): number =>
    probe.periodSeconds * probe.failureThreshold;

  it('is ml-worker in default, whole', () => {
    expect(all.map(({ kind }) => kind)).toEqual([
      ...['ServiceAccount', 'Service', 'Deployment'],
      ...['HorizontalPodAutoscaler', 'PodDisruptionBudget'],
    ]);
    expect(new Set(all.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))).toEqual(
      new Set(['default/ml-worker']),
    );
  });

  it('has selectors that meet its pods', () => {
    const selectors = [
      ofKind(all, 'Service').spec.selector,
      deployment.spec.selector.matchLabels,
      ofKind(all, 'PodDisruptionBudget').spec.selector.matchLabels,
    ];
    for (const selector of selectors) expect(pod.metadata.labels).toMatchObject(selector);
    const [port] = ofKind(all, 'Service').spec.ports;
    expect(port.port).toBe(8080);
    expect(container.ports.map(({ name }) => name)).toContain(port.targetPort);
    const { kind, name } = ofKind(all, 'HorizontalPodAutoscaler').spec.scaleTargetRef;
    expect({ kind, name }).toEqual({ kind: 'Deployment', name: deployment.metadata.name });
  });

  it('gives a heavy model 300 s, and a rollout more', () => {
    expect(budget(container.startupProbe)).toBe(300);
    expect(deployment.spec.progressDeadlineSeconds).toBeGreaterThan(budget(container.startupProbe));
    expect(container.startupProbe.httpGet.path).toBe('/health/ready');
    expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
    expect(container.livenessProbe.httpGet.path).toBe('/health/live');
  });

  it('leaves time to stop', () => {
    const stopSeconds = container.lifecycle.preStop.sleep.seconds + 10;
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds);
  });

  it('asks for 2 to 4 CPU and 4 to 8 Gi, one lane a requested core', () => {
    expect(container.resources.requests).toMatchObject({ cpu: '2', memory: '4Gi' });
    expect(container.resources.limits).toMatchObject({ cpu: '4', memory: '8Gi' });
    const lanes = container.env.find(({ name }) => name === 'LANES');
    expect(lanes?.value).toBe(container.resources.requests.cpu);
  });

  it('takes every secret from the cluster, and none that must be there is optional', () => {
    const secret = container.env.filter(({ name }) => /SECRET|_URL$/u.test(name));
    expect(secret.map(({ value }) => value)).toEqual(secret.map(() => undefined));
    const required = secret.filter(({ valueFrom }) => valueFrom?.secretKeyRef?.optional !== true);
    expect(required.map(({ name }) => name)).toEqual(['PRINCIPAL_SECRET']);
  });

  it('sets only variables that the backend reads', () => {
    const config = read('services/backend/src/config.ts');
    expect(container.env.filter(({ name }) => !config.includes(`${name}:`))).toEqual([]);
  });
});

describe('services/backend/k8s/internal-load-balancer.yaml', () => {
  it('leads to the same pods', () => {
    const [service] = manifests('services/backend/k8s/internal-load-balancer.yaml');
    expect(service).toMatchObject({
      kind: 'Service',
      metadata: { annotations: { 'networking.gke.io/load-balancer-type': 'Internal' } },
      spec: { type: 'LoadBalancer', selector: { 'app.kubernetes.io/name': 'ml-worker' } },
    });
  });
});

const buildSchema = z.strictObject({
  substitutions: z.record(z.string().regex(/^_[A-Z]+(_[A-Z]+)*$/u), z.string()),
  steps: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string().regex(/^gcr\.io\//u),
        entrypoint: z.string().optional(),
        env: z.array(z.string().includes('=')).optional(),
        args: z.array(z.string()),
      }),
    )
    .min(1),
  images: z.array(z.string()).length(1),
  timeout: z.string().regex(/^\d+s$/u),
  options: z.strictObject({
    logging: z.literal('CLOUD_LOGGING_ONLY'),
    dynamicSubstitutions: z.literal(true),
  }),
});
/** What Cloud Build fills in by itself. */
const BUILT_IN = new Set(['PROJECT_ID', 'BUILD_ID']);

describe.each([
  'services/gateway/cloudbuild.yaml',
  'services/gateway/cloudbuild-simple.yaml',
  'services/backend/cloudbuild-backend.yaml',
])('%s', (file) => {
  const build = buildSchema.parse(parse(read(file)));
  const text = JSON.stringify([build.steps, build.images, build.substitutions]);

  it('declares the substitutions that it uses, and uses those that it declares', () => {
    const used = new Set([...text.matchAll(/(?<!\$)\$\{(\w+)\}/gu)].map((match) => match[1] ?? ''));
    const declared = new Set(Object.keys(build.substitutions));
    expect([...used].filter((name) => !declared.has(name) && !BUILT_IN.has(name))).toEqual([]);
    expect([...declared].filter((name) => !used.has(name))).toEqual([]);
  });

  it('builds from a Dockerfile that is there, and pushes what it builds', () => {
    const { args } = build.steps[0] ?? { args: [] };
    const dockerfile = args.find((arg) => arg.startsWith('--file='))?.slice('--file='.length) ?? '';
    expect(fs.existsSync(path.join(projectRoot, dockerfile))).toBe(true);
    expect(args).toContain(`--tag=${build.images[0] ?? ''}`);
  });

  it('leaves what the shell replaces to the shell', () => {
    const scripts = build.steps.filter(({ entrypoint }) => entrypoint === 'bash');
    // A single dollar is a substitution of Cloud Build's.
    for (const { args } of scripts) expect(args.join('\n')).not.toMatch(/(?<!\$)\$(?![${])/u);
  });
});

describe('services/docker-compose.yml', () => {
  const service = z.object({
    image: z.string(),
    build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
    ports: z.array(z.string()).optional(),
    profiles: z.array(z.string()).optional(),
    environment: z.record(z.string(), z.string()).optional(),
    read_only: z.boolean().optional(),
    cap_drop: z.array(z.string()).optional(),
  });
  const text = read('services/docker-compose.yml');
  const { services } = z
    .object({ services: z.record(z.string(), service) })
    .parse(parse(text, { merge: true }));

  it('has the backend on 8080 and the gateway on 8081, for this machine only', () => {
    expect(services['backend']?.ports).toEqual(['127.0.0.1:${BACKEND_PORT:-8080}:8080']);
    expect(services['gateway']?.ports).toEqual(['127.0.0.1:${GATEWAY_PORT:-8081}:8080']);
  });

  it('starts the databases only when asked for', () => {
    const optional = Object.entries(services).filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name]) => name).sort()).toEqual(['postgres', 'redis']);
  });

  it.each(imagePlans)('runs $image as built, unable to write or to gain rights', (plan) => {
    const { service: name, image } = plan;
    expect(services[name]?.image).toContain(image);
    expect(services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    const { context = '', dockerfile = '' } = services[name]?.build ?? {};
    expect(fs.existsSync(path.join(projectRoot, 'services', context, dockerfile))).toBe(true);
  });

  it.each(['gateway', 'backend'])('sets only variables that the %s reads', (name) => {
    const folder = path.join(projectRoot, 'services', name, 'src');
    const sources = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /config\.ts$/u.test(file))
      .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'))
      .join('\n');
    const set = Object.keys(services[name]?.environment ?? {});
    expect(set.filter((variable) => !sources.includes(`${variable}:`))).toEqual([]);
  });
});
