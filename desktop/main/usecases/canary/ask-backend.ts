import { z } from 'zod';
import type { CanarySettings } from '../../../shared/domain/canary-settings.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { RevisionTraffic } from '../../ports/metrics-source.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import type { CanaryArms, Judgement } from './judge-canary.ts';
import { verdictOptions } from './judge-canary.ts';

const TIMEOUT_MS = 5_000;
/** The route takes no larger one. */
const LARGEST_EFFECT = 10;
const VERDICT_PATH = '/api/v1/ai/rollout/verdict';

const answerShape = z.object({
  verdict: z.enum(['promote', 'hold', 'rollback']),
  reasons: z.array(z.string()).max(20),
});

/**
 * The verdict of the stack's own backend, asked through the gateway; null when it gave none, which is
 * no verdict and never a good one: the console's statistics decide then.
 */
export async function askBackend(
  core: Core,
  run: OperationRun,
  question: { readonly arms: CanaryArms; readonly settings: CanarySettings },
): Promise<Judgement | null> {
  try {
    const [{ uri }, key] = await Promise.all([
      run.session.provider.getService('gateway'),
      run.session.secrets.sampleTrafficKey(),
    ]);
    if (uri === '') return null;
    const answer = await core.ports.probe.request({
      method: 'POST',
      url: new URL(VERDICT_PATH, uri).href,
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(toBody(question)),
      timeoutMs: TIMEOUT_MS,
    });
    return answer.status === 200 ? answerShape.parse(JSON.parse(answer.body)) : null;
  } catch (error) {
    if (!isNoVerdict(error)) throw error;
    core.ports.log.info('the backend gave no verdict', { error: String(error) });
    return null;
  }
}

/** No gateway, no key, an answer that isn't one: the fall-back is made for these. */
function isNoVerdict(error: unknown): boolean {
  return (
    error instanceof DomainError || error instanceof SyntaxError || error instanceof z.ZodError
  );
}

function toBody(question: {
  readonly arms: CanaryArms;
  readonly settings: CanarySettings;
}): Record<string, unknown> {
  const { arms, settings } = question;
  const { alpha, minSamples, minEffect, minErrorIncrease } = verdictOptions(settings);
  return {
    baseline: toArmBody(arms.stable),
    canary: toArmBody(arms.canary),
    alpha,
    min_samples: minSamples,
    min_effect: Math.min(minEffect, LARGEST_EFFECT),
    min_error_increase: minErrorIncrease,
  };
}

function toArmBody(traffic: RevisionTraffic): Record<string, unknown> {
  const { requests, serverErrors, bounds, counts } = traffic;
  return {
    requests,
    errors: serverErrors,
    ...(bounds.length === 0 ? {} : { histogram: { bounds, counts } }),
  };
}
