import { z } from 'zod';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import { STACK_DEFAULTS, UPSTREAM_PIN } from '../../../shared/domain/stack.ts';
import { allTrafficTo } from '../../../shared/domain/traffic.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { assertNoCanary } from '../canary/command-canary.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { assertConsent } from '../deployments/allowed.ts';
import { assertPlanHolds } from '../deployments/plan-outdated.ts';
import { upstreamUriOf } from '../deployments/cut-revision.ts';
import { undoCancelledCut } from '../deployments/follow-latest-again.ts';
import { moveTraffic } from '../deployments/move-traffic.ts';
import type { EnvEdits } from '../deployments/env-edits.ts';
import { makeRevision } from '../deployments/run-deploy.ts';
import type { OperationRun, OperationSteps } from '../operations/operation-run.ts';
import { answersThroughGateway } from '../releases/verify-stack.ts';
import { readUpstream } from './read-upstream.ts';

interface SwitchOrder {
  readonly url: string;
}

const GATEWAY = 'gateway';
const { upstream } = STACK_DEFAULTS[GATEWAY];
const VARIABLE = upstream?.variable ?? 'UPSTREAM_URL';

/**
 * Queues the switch of the gateway to another backend address: healthy before, answering through the
 * gateway after, and back by itself when it doesn't. Throws UPSTREAM_UNHEALTHY before anything is
 * changed, ROLLOUT_IN_PROGRESS, PLAN_OUTDATED, TARGET_READ_ONLY, CANCELLED and OPERATION_QUEUE_FULL.
 */
export async function switchUpstream(
  core: Core,
  input: SwitchOrder & { readonly etag?: string | undefined },
): Promise<{ operationId: string }> {
  const target = selectedTarget(core);
  const url = normalised(input.url);
  assertNoCanary(core, { target: target.id, service: GATEWAY });
  const { url: from } = await readUpstream(core);
  if (from === url) throw sameAddress(url);
  await assertPlanHolds(core.ports.session.provider, GATEWAY, input.etag);
  await assertHealthy(core, url);
  await assertConsent(core, target, {
    question: `Point the gateway at ${url}?`,
    consequence: 'Every request goes to that backend once the gateway answers with it.',
  });
  const operation = await core.runner.start({
    kind: 'switch_upstream',
    target: target.id,
    service: GATEWAY,
    title: `Switch the gateway to ${url}`,
    order: { url },
    steps: (run) => runSwitch(core, run, { url }),
  });
  return { operationId: operation.id };
}

/** The address as it is compared and written: without the slash that URLs end in. */
export function normalised(url: string): string {
  return new URL(url).href.replace(/\/$/, '');
}

async function assertHealthy(core: Core, url: string): Promise<void> {
  const { health, error } = await core.ports.probe.backend(url);
  if (health !== null && health.status !== 'unhealthy') return;
  throw unhealthy(url, health === null ? (error ?? 'no answer') : `it says ${health.status}`);
}

async function runSwitch(
  core: Core,
  run: OperationRun,
  { url }: SwitchOrder,
): Promise<OperationResult> {
  if (run.notes.upstream === null) {
    await assertHealthy(core, url);
    const { url: from } = await readUpstream(core, run.session);
    await run.note({ upstream: { from, to: url } });
  }
  const env = await editsFor(run, url);
  const order = { service: GATEWAY, build: false, env, after: null } as const;
  try {
    const revision = await makeRevision(core, run, order);
    const previous = run.progress.before?.serving ?? null;
    const wanted = { kind: 'latest' } as const;
    const result = await moveTraffic(core, run, { service: GATEWAY, revision, previous, wanted });
    await provenOrBack(core, run, previous);
    return result;
  } catch (error) {
    if (run.signal.aborted) await undoCancelledCut(core, run, GATEWAY);
    throw error;
  }
}

/** A deploy leaves the address alone while it is pinned to one that is not the stack's own. */
async function editsFor(run: OperationRun, url: string): Promise<EnvEdits> {
  const own = await upstreamUriOf(run.session.provider, GATEWAY);
  const isOwn = own !== null && normalised(own) === url;
  return { [VARIABLE]: url, [UPSTREAM_PIN]: isOwn ? null : '1' };
}

async function provenOrBack(core: Core, run: OperationRun, previous: string | null): Promise<void> {
  try {
    await answersThroughGateway(core, run);
  } catch (error) {
    if (!(error instanceof DomainError) || previous === null) throw error;
    const { provider } = run.session;
    run.log(`${error.message} Going back to ${previous}.`);
    const { traffic } = await provider.getService(GATEWAY);
    const shares = allTrafficTo(previous, traffic.shares);
    const remote = await provider.setTraffic(GATEWAY, { kind: 'split', shares });
    await provider.waitFor(remote, run.signal);
    const why = `${error.message} The gateway is back on ${previous}`;
    throw unhealthy(run.notes.upstream?.to ?? '', why, error.nextStep);
  }
}

const kept = z.object({ url: z.string() });

/** Goes on with a switch that an earlier process began. */
export function resumeSwitchUpstream(core: Core, order: unknown): OperationSteps | null {
  const { data } = kept.safeParse(order);
  return data === undefined ? null : (run) => runSwitch(core, run, data);
}

const CORRECT =
  'Correct the address. One inside a cluster needs an internal load balancer or Direct VPC egress to be reached from here.';

function unhealthy(url: string, why: string, nextStep = CORRECT): DomainError {
  return new DomainError({
    code: 'UPSTREAM_UNHEALTHY',
    message: `${url} is no healthy backend: ${why.replace(/\.$/, '')}.`,
    nextStep,
  });
}

function sameAddress(url: string): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: `The gateway calls ${url} already.`,
    nextStep: 'Type another address.',
  });
}
