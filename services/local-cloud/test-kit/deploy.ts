/** Deploy steps as the console takes them, through the unmodified clients. */
import type { protos } from '@google-cloud/run';
import { operationsProtos } from 'google-gax';
import { PARENT } from './clients.ts';
import type { Harness } from './local-cloud-harness.ts';
import { until } from './until.ts';

export type IService = protos.google.cloud.run.v2.IService;
export type IContainer = protos.google.cloud.run.v2.IContainer;
export type IRevisionTemplate = protos.google.cloud.run.v2.IRevisionTemplate;
export type ITrafficTarget = protos.google.cloud.run.v2.ITrafficTarget;
type IOperation = protos.google.longrunning.IOperation;

const TO_REVISION = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';
export const TO_LATEST = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';

export function nameOf(service: string): string {
  return `${PARENT}/services/${service}`;
}

export function shortName(name: string | null | undefined): string {
  return (name ?? '').slice((name ?? '').lastIndexOf('/') + 1);
}

/** A container of the tiny image with literal variables. */
export function tiny(env: Readonly<Record<string, string>> = {}): IContainer {
  return {
    image: 'local/tiny',
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
  };
}

/** Submits a build and polls its operation to the end. */
export async function build({ clients }: Harness, object: string): Promise<IOperation> {
  const storageSource = { bucket: 'local-workspace', object };
  const [answer] = await clients.builds.submitBuild(
    { parent: PARENT, storageSource, imageUri: `local/${object}` },
    clients.options,
  );
  return followOperation({ clients }, answer.buildOperation?.name ?? '');
}

/** The operations client wants its own message class, which only takes a name. */
export function operationRequest(
  name: string,
): operationsProtos.google.longrunning.GetOperationRequest {
  return new operationsProtos.google.longrunning.GetOperationRequest({ name });
}

async function getOperation(
  { clients }: Pick<Harness, 'clients'>,
  name: string,
): Promise<IOperation> {
  const { operationsClient } = clients.services;
  const [operation] = await operationsClient.getOperation(operationRequest(name), clients.options);
  return operation;
}

export function followOperation(
  harness: Pick<Harness, 'clients'>,
  name: string,
): Promise<IOperation> {
  return until(`operation ${name} is done`, async () => {
    const operation = await getOperation(harness, name);
    return operation.done === true ? operation : null;
  });
}

export async function getService(
  { clients }: Pick<Harness, 'clients'>,
  service: string,
): Promise<IService> {
  const [message] = await clients.services.getService({ name: nameOf(service) }, clients.options);
  return message;
}

/** Creates a service that anybody may call, and waits for it. */
export async function create(
  harness: Harness,
  service: string,
  template: IRevisionTemplate,
): Promise<IService> {
  const { clients } = harness;
  const [operation] = await clients.services.createService(
    { parent: PARENT, serviceId: service, service: { template, invokerIamDisabled: true } },
    clients.options,
  );
  await operation.promise();
  return getService(harness, service);
}

/** Replaces the template of a service and waits. Rejects with the operation's error. */
export async function deploy(
  harness: Harness,
  service: string,
  template: IRevisionTemplate,
): Promise<IService> {
  return update(harness, { name: nameOf(service), template }, ['template']);
}

/** Sets the traffic of a service and waits. */
export async function setTraffic(
  harness: Harness,
  service: string,
  traffic: ITrafficTarget[],
): Promise<IService> {
  return update(harness, { name: nameOf(service), traffic }, ['traffic']);
}

export async function update(
  harness: Harness,
  service: IService,
  paths: string[],
): Promise<IService> {
  const { clients } = harness;
  const [operation] = await clients.services.updateService(
    { service, ...(paths.length === 0 ? {} : { updateMask: { paths } }) },
    clients.options,
  );
  await operation.promise();
  return getService(harness, shortName(service.name));
}

export function toRevision(revision: string, percent: number, tag = ''): ITrafficTarget {
  return { type: TO_REVISION, revision, percent, tag };
}

export interface TinyAnswer {
  readonly revision: string;
  readonly instance: string;
  readonly version: string;
  readonly pid: number;
}

/** One request to the tiny service. */
export async function ask(uri: string | null | undefined, path = '/'): Promise<TinyAnswer> {
  const response = await fetch(`${uri ?? ''}${path}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as TinyAnswer;
}
