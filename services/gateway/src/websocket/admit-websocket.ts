import { answerRefusal } from '../proxy/answer.ts';
import type { OpenStreams } from '../proxy/open-streams.ts';
import { refusals } from '../proxy/refusal.ts';
import type { ClientUpgrade, RequestScope } from '../proxy/request-scope.ts';
import { checkHandshake } from './handshake.ts';

/** How many WebSockets may be open at once. */
export interface WebSocketLimits {
  readonly total: number;
  readonly perKey: number;
}

/** Whether one more WebSocket may be opened with this key; answers the refusal. */
export function admitWebSocket(
  scope: RequestScope,
  { request }: ClientUpgrade,
  { streams, limits }: { streams: OpenStreams; limits: WebSocketLimits },
): boolean {
  const refusal =
    checkHandshake(request) ??
    (streams.countOf(scope.keyId ?? '') >= limits.perKey ? refusals.keyStreams : null) ??
    (streams.count >= limits.total ? refusals.allStreams : null);
  if (refusal === null) return true;
  answerRefusal(scope, refusal);
  return false;
}
