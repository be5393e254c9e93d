import { z } from 'zod';
import type { Core } from '../core.ts';
import type { OperationSteps } from '../operations/operation-run.ts';
import { runResumeLatest } from './resume-latest.ts';
import { runRollBack } from './roll-back.ts';

const rollBack = z.object({ service: z.string(), revision: z.string(), reason: z.string() });
const latest = z.object({ service: z.string(), latest: z.literal(true) });

/** Goes on with a rollback, or with following the latest again, that an earlier process began. */
export function resumeTrafficMove(core: Core, order: unknown): OperationSteps | null {
  const back = rollBack.safeParse(order);
  if (back.success) return (run) => runRollBack(core, run, back.data);
  const forward = latest.safeParse(order);
  return forward.success ? (run) => runResumeLatest(core, run, forward.data.service) : null;
}
