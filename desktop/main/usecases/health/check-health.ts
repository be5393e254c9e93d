import type { Service } from '../../../shared/domain/revision.ts';
import type { StackHealth } from '../../../shared/domain/health.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { toStackHealth, toUnreachable } from './to-stack-health.ts';

/** Probes every part once, at the services' public addresses. Never fails because a part is down. */
export async function checkHealth(core: Core): Promise<StackHealth> {
  const reading = await probe(core);
  core.memory.health.set(reading);
  return reading;
}

async function probe(core: Core): Promise<StackHealth> {
  const { ports, memory } = core;
  try {
    const services = await ports.session.provider.listServices();
    const [gateway, backend] = await Promise.all([
      askIfThere(services, 'gateway', (url) => ports.probe.gateway(url)),
      askIfThere(services, 'backend', (url) => ports.probe.backend(url)),
    ]);
    return toStackHealth({ at: ports.clock.now(), gateway, backend }, memory.health.value);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return toUnreachable(error.message, ports.clock.now(), memory.health.value);
  }
}

async function askIfThere<T>(
  services: readonly Service[],
  id: StackServiceId,
  ask: (url: string) => Promise<T>,
): Promise<T | null> {
  const service = services.find((candidate) => candidate.id === id);
  if (service === undefined || service.uri === '') return null;
  const serves = service.serving.shares.some((share) => share.percent > 0);
  return serves ? ask(service.uri) : null;
}
