import type { PolicyRecord, ServiceRecord } from '../model/resources.ts';
import type { StateStore } from '../state/state-store.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import type { SystemLog } from '../system-log.ts';
import { accessOf } from './access-rule.ts';
import type { Access } from './access-rule.ts';
import { CallerIdentity } from './caller-identity.ts';
import { createGate } from './gate.ts';
import type { Gate } from './gate.ts';

export interface ServiceGatesSettings {
  readonly store: StateStore;
  readonly fleet: Fleet;
  readonly token: string;
  readonly log: SystemLog;
  readonly platform?: NodeJS.Platform;
}

/** Nobody may reach a service that is not there. */
const CLOSED: Access = { ingress: 'none', invokers: 'authenticated' };

/** Makes the gate of a service; it follows the stored service and its policy from request to request. */
export function createServiceGates(settings: ServiceGatesSettings): (service: string) => Gate {
  const { store, token } = settings;
  const isInstance = callerCheck(settings);
  return (id) => {
    const access = remember(accessOfRecords);
    return createGate({
      token,
      isInstance,
      access: () => access(store.get('services', id), store.get('policies', id)),
    });
  };
}

function accessOfRecords(
  service: ServiceRecord | undefined,
  policy: PolicyRecord | undefined,
): Access {
  if (service === undefined) return CLOSED;
  const access = accessOf(service.spec, policy);
  const asked = service.checksInvokers === true || policy !== undefined;
  return asked ? access : { ...access, invokers: 'anyone' };
}

/** Records are replaced, never changed: the rule is read again only when one of them is another. */
function remember<A, B, R>(make: (a: A, b: B) => R): (a: A, b: B) => R {
  let last: { a: A; b: B; result: R } | null = null;
  return (a, b) => {
    if (last?.a !== a || last.b !== b) last = { a, b, result: make(a, b) };
    return last.result;
  };
}

/** Only Linux tells which process holds the other end; elsewhere this machine counts as inside. */
function callerCheck(settings: ServiceGatesSettings): CallerIdentity['isInstance'] {
  const { fleet, log, platform = process.platform } = settings;
  if (platform === 'linux') {
    const identity = new CallerIdentity(() => fleet.pids());
    return (socket) => identity.isInstance(socket);
  }
  let told = false;
  return () => {
    if (!told)
      log.warn('Internal ingress admits every caller of this machine on this system.', {
        code: 'INGRESS_NOT_ENFORCED',
        platform,
      });
    told = true;
    return Promise.resolve(true);
  };
}
