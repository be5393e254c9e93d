import type { Readable } from 'node:stream';
import type { AcceptedKey } from '../keys/api-key-auth.ts';
import type { Route } from '../routing/route.ts';
import { admitWebSocket } from '../websocket/admit-websocket.ts';
import type { WebSocketLimits } from '../websocket/admit-websocket.ts';
import { WebSocketUpgrade } from '../websocket/websocket-upgrade.ts';
import { answer, answerRefusal } from './answer.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeEvents } from './exchange.ts';
import { maxForwards } from './max-forwards.ts';
import type { OwnHeaders } from './own-headers.ts';
import { refusals } from './refusal.ts';
import { collectBody, planBody, watchSize } from './request-body.ts';
import { bodyPending } from './request-checks.ts';
import type { ClientUpgrade, RequestScope } from './request-scope.ts';
import type { SlowBodies } from './slow-bodies.ts';
import { upstreamRefusal } from './to-problem.ts';

export interface ForwardOptions {
  ownHeaders: OwnHeaders;
  webSockets: WebSocketLimits;
  slowBodies: SlowBodies;
  events: ExchangeEvents;
}

/** Sends an admitted request where its route says, or answers that there is no such route. */
export function forwardRequest(
  options: ForwardOptions,
  scope: RequestScope,
  key: AcceptedKey,
): void {
  const { decision } = scope;
  if (scope.response.destroyed) return;
  if (decision.kind === 'not_found') {
    answerRefusal(scope, { ...refusals.notFound, close: bodyPending(scope) });
    return;
  }
  if (decision.kind === 'method') {
    answerRefusal(scope, { ...refusals.method, headers: ['allow', decision.allow] });
    return;
  }
  const hops = maxForwards(scope.request);
  if (hops === 0) {
    const allow = ['allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'];
    answer(scope, { status: 204, headers: allow, body: '', close: bodyPending(scope) });
    return;
  }
  const { forwarded } = scope.head;
  if (hops !== undefined) forwarded.push('max-forwards', String(hops - 1));
  options.ownHeaders(scope, key, forwarded);
  if (scope.upgrade === undefined) sendRequest(options, scope, decision.route);
  else openWebSocket(options, scope, { route: decision.route, upgrade: scope.upgrade });
}

function sendRequest(
  { events, slowBodies }: ForwardOptions,
  scope: RequestScope,
  route: Route,
): void {
  const { streamed } = scope;
  const plan = planBody(scope.head, route.bodyLimitBytes);
  if (plan.kind === 'too_large') {
    answerRefusal(scope, refusals.tooLarge);
    return;
  }
  if (scope.expectsContinue && plan.kind !== 'none') streamed?.response.writeContinue();
  const send = (body: Buffer | Readable | null, bodyLength?: number): void => {
    const plan = { route, headers: scope.head.forwarded, body, bodyLength };
    const exchange = new Exchange(plan, scope, events);
    // Before it starts: then each piece is counted before it is passed on.
    if (streamed !== undefined && body === streamed.request) {
      const { request } = streamed;
      if (bodyLength === undefined) {
        watchSize(request, route.bodyLimitBytes, () => exchange.refuseBody(refusals.tooLarge));
      }
      slowBodies.watch(request, () => exchange.refuseBody(refusals.tooSlow));
    }
    start(exchange, scope, route);
  };
  if (plan.kind === 'none') send(null);
  else if (streamed === undefined) send(scope.body);
  else if (plan.kind === 'stream') send(streamed.request, plan.length);
  else {
    slowBodies.watch(streamed.request, () => answerRefusal(scope, refusals.tooSlow));
    collectBody(streamed.request, send);
  }
}

function openWebSocket(
  { events, webSockets }: ForwardOptions,
  scope: RequestScope,
  { route, upgrade }: { route: Route; upgrade: ClientUpgrade },
): void {
  const { streams } = events;
  if (!admitWebSocket(scope, upgrade, { streams, limits: webSockets })) return;
  const change = new WebSocketUpgrade(scope, upgrade, { streams, idleMs: route.idleTimeoutMs });
  const headers = scope.head.forwarded;
  const plan = { route, headers, body: null, bodyLength: undefined, change };
  start(new Exchange(plan, scope, events), scope, route);
}

/** Starts at once, or when the upstream's ID token is there. */
function start(exchange: Exchange, scope: RequestScope, route: Route): void {
  const prepared = route.prepare();
  if (prepared === null) {
    exchange.start();
    return;
  }
  const proceed = (ready: boolean): void => {
    if (scope.response.destroyed) return;
    if (ready) exchange.start();
    else {
      scope.reason = 'ID_TOKEN_FAILED';
      answerRefusal(scope, {
        ...upstreamRefusal('UPSTREAM_UNREACHABLE'),
        close: bodyPending(scope),
      });
    }
  };
  // `prepare` never rejects; a fault of ours while starting must not leave the client waiting.
  prepared.then(proceed).catch(() => answerRefusal(scope, refusals.internal));
}
