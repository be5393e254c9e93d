import type { Logger } from '@omni/kit/logger.ts';

/** Log fields of the gateway beside the common ones. */
export const GATEWAY_LOG_FIELDS = [
  'key_id',
  'upstream_ms',
  'port',
  'host',
  'epoch',
  'cut',
  'config_version',
  'actor',
] as const;
export type GatewayLogField = (typeof GATEWAY_LOG_FIELDS)[number];
export type GatewayLogger = Logger<GatewayLogField>;
