import type { Core } from './core.ts';
import { selectedTarget } from './core.ts';
import { resumeOperations } from './operations/resume-operations.ts';
import { ensureStackAtStart } from './stack/ensure-stack.ts';

const RETRY_MS = 250;

/**
 * What happens by itself at start: operations that an earlier process left are followed to their end,
 * and once the platform answers, what is missing of the stack is deployed.
 */
export async function startUp(
  core: Core,
  options: { readonly autoDeploy: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { starting } = core.memory;
  starting.set(true);
  try {
    await resumeOperations(core);
    if (!options.autoDeploy || !(await untilReachable(core, options.signal))) return;
    // Nothing is ever deployed to somebody's project unasked.
    if (selectedTarget(core).kind !== 'local') return;
    await ensureStackAtStart(core);
  } finally {
    starting.set(false);
  }
}

/** False when the console ends before the platform has answered. */
async function untilReachable(core: Core, signal: AbortSignal): Promise<boolean> {
  const { clock } = core.ports;
  while (!signal.aborted) {
    const { reachable } = await core.ports.session.reachability();
    if (reachable) return true;
    // An abort ends the wait; the loop notices it.
    await clock.sleep(RETRY_MS, signal).catch(() => undefined);
  }
  return false;
}
