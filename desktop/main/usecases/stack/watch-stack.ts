import type { StackStatus } from '../../../shared/contract/stack.ts';
import type { Core } from '../core.ts';
import { everySecond } from '../every-second.ts';
import { readStackStatus } from './stack-status.ts';

/** `connecting` at once, then where the stack stands whenever that changes. */
export async function* watchStack(
  core: Core,
  signal: AbortSignal,
): AsyncGenerator<StackStatus, void> {
  let shown = JSON.stringify(null);
  for await (const _tick of everySecond(core, signal)) {
    const status = await readStackStatus(core);
    const next = JSON.stringify(status);
    if (next === shown) continue;
    shown = next;
    yield status;
  }
}
