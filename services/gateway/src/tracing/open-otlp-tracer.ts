import { randomUUID } from 'node:crypto';
import type { GatewayConfig } from '../config.ts';
import { createClientText } from '../log/client-text.ts';
import { ownSecrets } from '../own-secrets.ts';
import type { GatewayLogger } from '../request-log.ts';
import { serviceName } from '../observers.ts';
import { VERSION } from '../version.ts';
import { createOtlpTracer } from './otlp-tracer.ts';
import type { Tracer } from './tracer.ts';

/** The tracer of OpenTelemetry's own variables. */
export function openOtlpTracer(config: GatewayConfig, logger: GatewayLogger): Tracer {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
  return createOtlpTracer({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: headerList(config.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    clientText: createClientText(ownSecrets(config)),
    trustsProxies: config.trustedHops > 0,
    resource: {
      'service.name': config.OTEL_SERVICE_NAME ?? serviceName(config),
      'service.version': VERSION,
      'service.instance.id': randomUUID(),
      'omni.revision': config.K_REVISION,
    },
    failing(reason) {
      if (reason === null) {
        logger.info('Traces are exported again');
        return;
      }
      logger.warn('Traces could not be exported', {
        code: 'TRACE_EXPORT_FAILED',
        reason,
        next_step:
          'Check OTEL_EXPORTER_OTLP_ENDPOINT and its receiver; spans are dropped meanwhile.',
      });
    },
  });
}

/** `name=value,name=value`, percent-encoded, as OpenTelemetry writes headers. */
function headerList(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const split = pair.indexOf('=');
    if (split <= 0) continue;
    headers[pair.slice(0, split).trim()] = decodeURIComponent(pair.slice(split + 1).trim());
  }
  return headers;
}
