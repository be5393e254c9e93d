import { useEffect, useEffectEvent } from 'react';
import { useSearch } from 'wouter';
import { isStackService } from '../../../shared/domain/stack.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';

/** Where a link to this page leads: `?service=backend`, and `&action=deploy` opens the dialog. */
export interface DeployLink {
  readonly service: StackServiceId;
  readonly opensDialog: boolean;
}

/** Reads a link; null when it doesn't say anything about this page. */
export function readDeployLink(search: string): DeployLink | null {
  const query = new URLSearchParams(search);
  const service = query.get('service') ?? 'gateway';
  const isKnown = query.has('service') || query.has('action');
  if (!isKnown || !isStackService(service)) return null;
  return { service, opensDialog: query.get('action') === 'deploy' };
}

/** Calls `onLink` whenever a link leads here, also to the page that is open already. */
export function useDeployLink(onLink: (link: DeployLink) => void): void {
  const search = useSearch();
  const follow = useEffectEvent(onLink);
  useEffect(() => {
    const link = readDeployLink(search);
    if (link !== null) follow(link);
  }, [search]);
}
