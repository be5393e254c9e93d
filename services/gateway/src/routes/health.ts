import type { GatewayHealth, PartHealth } from '@omni/contracts/health.ts';
import { VERSION } from '../version.ts';

export interface HealthInputs {
  revision: string;
  startedAt: Date;
  draining: () => boolean;
  upstream: () => PartHealth;
  keystore: () => PartHealth;
  hasStaticKeys: boolean;
  /** The routing configuration was looked for where it is kept, or that place is away. */
  configured: () => boolean;
}

export interface HealthAnswer {
  status: number;
  body: unknown;
}

/** `GET /health`: each part's state. An upstream that is away degrades; it is not our fault. */
export function gatewayHealth(inputs: HealthInputs): { status: number; body: GatewayHealth } {
  const services = {
    proxy: proxyHealth(inputs),
    upstream: inputs.upstream(),
    keystore: inputs.keystore(),
  };
  const status = overall(services, inputs.hasStaticKeys);
  return {
    status: status === 'unhealthy' ? 503 : 200,
    body: { status, version: VERSION, revision: inputs.revision, services },
  };
}

/** `GET /health/ready`: whether traffic should come here. */
export function readiness(inputs: HealthInputs): HealthAnswer {
  const keystore = inputs.keystore().state;
  const keys = keystore === 'ok' || keystore === 'not_configured' || keystore === 'degraded';
  const usable = keys || (keystore === 'down' && inputs.hasStaticKeys);
  const ready = !inputs.draining() && usable && inputs.configured();
  return { status: ready ? 200 : 503, body: { ready } };
}

function proxyHealth({ draining, startedAt }: HealthInputs): PartHealth {
  const since = startedAt.toISOString();
  return draining()
    ? { state: 'degraded', reason: 'Draining before a stop', since }
    : { state: 'ok', since };
}

function overall(
  { proxy, upstream, keystore }: GatewayHealth['services'],
  hasStaticKeys: boolean,
): GatewayHealth['status'] {
  if (keystore.state === 'down' && !hasStaticKeys) return 'unhealthy';
  const fine = [proxy, upstream, keystore].every(
    ({ state }) => state === 'ok' || state === 'not_configured',
  );
  return fine ? 'healthy' : 'degraded';
}
