import { isStackService } from '../../../shared/domain/stack.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';

export type DeployAction = 'deploy' | 'rollback';

/** Where a link to this page leads: a service, and perhaps a dialog to open. */
export interface DeployLink {
  readonly service: StackServiceId;
  readonly action: DeployAction | null;
}

function isAction(text: string | null): text is DeployAction {
  return text === 'deploy' || text === 'rollback';
}

/** `?action=deploy&service=backend` -> where it leads; null for a query about something else. */
export function readDeployLink(query: URLSearchParams): DeployLink | null {
  const service = query.get('service') ?? 'gateway';
  const action = query.get('action');
  if (!query.has('service') && !query.has('action')) return null;
  if (!isStackService(service)) return null;
  return { service, action: isAction(action) ? action : null };
}
