import type { GatewayConfig } from './config.ts';
import type { FaultReporter } from './faults/fault-reporter.ts';
import { createCleaner } from './log/client-text.ts';
import { ownSecrets } from './own-secrets.ts';
import type { GatewayLogger } from './request-log.ts';
import type { Tracer } from './tracing/tracer.ts';
import { VERSION } from './version.ts';

/** Who else is told about requests. Empty until loaded, and for good when not configured. */
export interface Observers {
  tracer: Tracer | undefined;
  faults: FaultReporter | undefined;
}

/** Loads what the environment asks for. Call after listen: none of it belongs to the start. */
export async function loadObservers(
  observers: Observers,
  config: GatewayConfig,
  logger: GatewayLogger,
): Promise<void> {
  if (config.SENTRY_DSN !== undefined) {
    const { createSentryReporter } = await import('./faults/sentry-reporter.ts');
    observers.faults = createSentryReporter({
      dsn: config.SENTRY_DSN,
      release: `omni-gateway@${VERSION}`,
      service: serviceName(config),
      revision: config.K_REVISION,
      clean: createCleaner(ownSecrets(config)),
    });
    logger.info('Faults are reported to Sentry');
  }
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined) {
    const { openOtlpTracer } = await import('./tracing/open-otlp-tracer.ts');
    observers.tracer = openOtlpTracer(config, logger);
    logger.info('Traces are exported');
  }
}

/** Sends what waits; for the end of the process. */
export async function closeObservers({ tracer, faults }: Observers): Promise<void> {
  await Promise.all([tracer?.close(), faults?.close()]);
}

/** Name of this service in logs, traces and reports. */
export function serviceName(config: GatewayConfig): string {
  return config.K_SERVICE ?? 'gateway';
}
