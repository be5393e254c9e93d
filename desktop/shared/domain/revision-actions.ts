import type { Revision, Service } from './revision.ts';
import type { Target } from './target.ts';

/** Whether an action may be taken now, and if not, the sentence that says why. */
export type Permission =
  { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

const ALLOWED: Permission = { allowed: true };
const refuse = (reason: string): Permission => ({ allowed: false, reason });

/** May anything on this target be changed at all? */
export function mayChange(target: Target): Permission {
  return target.mode === 'read-only'
    ? refuse(`Target ${target.name} is read-only. Switch its mode in Settings to change it.`)
    : ALLOWED;
}

/** May traffic go back to this revision? The same rule is shown in the view and enforced in main. */
export function mayRollBackTo(target: Target, service: Service, revision: Revision): Permission {
  const change = mayChange(target);
  if (!change.allowed) return change;
  if (revision.service !== service.id) {
    return refuse(`${revision.name} belongs to ${revision.service}, not to ${service.id}.`);
  }
  if (revision.state === 'failed') return refuse(`${revision.name} never became ready.`);
  if (revision.state === 'starting') return refuse(`${revision.name} isn't ready yet.`);
  const only = service.serving.shares.filter((share) => share.percent > 0);
  if (only.length === 1 && only[0]?.revision === revision.name && only[0].percent === 100) {
    return refuse(`${revision.name} already gets all traffic.`);
  }
  return ALLOWED;
}
