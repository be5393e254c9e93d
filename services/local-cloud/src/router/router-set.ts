import type { ServedTarget } from '../model/resources.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import type { SystemLog } from '../system-log.ts';
import type { Gate } from './gate.ts';
import { ServiceRouter } from './service-router.ts';

export interface RouterSettings {
  readonly preferredPorts: Readonly<Record<string, number>>;
  readonly fleet: Fleet;
  /** Who may reach a service. */
  readonly gateOf: (service: string) => Gate;
  readonly log: SystemLog;
}

/** One router per service. */
export class RouterSet {
  readonly #routers = new Map<string, ServiceRouter>();
  readonly #settings: RouterSettings;

  constructor(settings: RouterSettings) {
    this.#settings = settings;
  }

  /** Opens the service's address, at its stable port where that is free. Returns the real port. */
  async open(service: string, lastPort: number): Promise<number> {
    const { fleet, gateOf } = this.#settings;
    const gate = gateOf(service);
    const router = new ServiceRouter(service, { find: (id) => fleet.find(id), gate });
    this.#routers.set(service, router);
    const preferred = this.#settings.preferredPorts[service] ?? lastPort;
    const port = await router.listen(preferred === 0 ? [0] : [preferred, 0]);
    if (preferred !== 0 && port !== preferred)
      this.#settings.log.warn(
        `Port ${preferred} of service ${service} is taken, it listens on ${port}. Free the port and restart, or choose another one with --port.`,
        { code: 'PORT_TAKEN', service, port: preferred, actual: port },
      );
    return port;
  }

  setTraffic(service: string, targets: readonly ServedTarget[]): void {
    this.#routers.get(service)?.setTraffic(targets);
  }

  async close(service: string, graceMs: number): Promise<void> {
    const router = this.#routers.get(service);
    this.#routers.delete(service);
    await router?.close(graceMs);
  }

  async closeAll(graceMs: number): Promise<void> {
    await Promise.all([...this.#routers.keys()].map((service) => this.close(service, graceMs)));
  }
}
