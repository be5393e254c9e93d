import type { Readable } from 'node:stream';
import type { ResponseHandler, UpstreamCall, UpstreamRequest } from '../http1/upstream-client.ts';
import { UpstreamError } from '../http1/upstream-error.ts';
import type { RouteSettings, UpstreamTarget } from '../upstreams/upstream-target.ts';
import { answerRefusal } from './answer.ts';
import { ClientAnswer } from './client-answer.ts';
import { trailersFromClient } from './forward-headers.ts';
import { passInterim } from './interim-answer.ts';
import type { OpenStream, OpenStreams, StreamEnd } from './open-streams.ts';
import { refusals } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';
import { upstreamRefusal } from './to-problem.ts';

/** What an exchange reports while it runs. */
export interface ExchangeEvents {
  /** Status 0 when no answer came. */
  upstreamAnswered: (scope: RequestScope, status: number, seconds: number) => void;
  upstreamRetried: (reason: string, upstream: string) => void;
  /** Answers that go on for as long as somebody listens. */
  streams: OpenStreams;
}

/** The client's side of a switch of protocols. */
export interface ProtocolSwitch {
  readonly protocol: string;
  /** Whether a 101 of the upstream is the answer to this client's request. */
  accepts(headers: readonly string[]): boolean;
  /** Joins both; `over` is called when both connections are closed. */
  join(answer: SwitchAnswer, over: () => void): void;
}

type SwitchAnswer = Parameters<NonNullable<ResponseHandler['onUpgrade']>>[0];

/** What is sent: the same for every attempt. */
export interface ExchangePlan {
  route: RouteSettings;
  /** Flat pairs that begin with `host`; its value is set per attempt. */
  headers: string[];
  body: Buffer | Readable | null;
  /** Length of a streamed body, when the client told it. */
  bodyLength: number | undefined;
  /** Set when the client asks for another protocol. */
  change?: ProtocolSwitch | undefined;
}

/**
 * One request to an upstream and its answer, streamed both ways. It is request and handler of the
 * client in one object: no promise, timer or closure per request.
 */
export class Exchange implements UpstreamRequest, ResponseHandler, OpenStream {
  readonly method: string;
  readonly headers: string[];
  readonly body: Buffer | Readable | null;
  readonly bodyLength: number | undefined;
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly upgrade: string | undefined;
  path = '';
  fresh = false;
  readonly #route: RouteSettings;
  readonly #scope: RequestScope;
  readonly #events: ExchangeEvents;
  readonly #answer: ClientAnswer;
  readonly #change: ProtocolSwitch | undefined;
  /** Headers of one target are put behind these. */
  readonly #commonHeaders: number;
  readonly #target: string;
  #upstream: UpstreamTarget | undefined;
  #call: UpstreamCall | undefined;
  #attempt = 0;
  #sentAt = 0;
  #answered = false;
  /** It is in the index of open streams. */
  #indexed = false;

  constructor(plan: ExchangePlan, scope: RequestScope, events: ExchangeEvents) {
    const { route } = plan;
    this.method = scope.request.method ?? 'GET';
    this.headers = plan.headers;
    this.body = plan.body;
    this.bodyLength = plan.bodyLength;
    this.headTimeoutMs = route.headTimeoutMs;
    this.idleTimeoutMs = route.idleTimeoutMs;
    this.totalTimeoutMs = route.totalTimeoutMs;
    this.upgrade = plan.change?.protocol;
    this.#change = plan.change;
    this.#route = route;
    this.#scope = scope;
    this.#events = events;
    this.#commonHeaders = plan.headers.length;
    this.#target = route.rewrite(scope.request.url ?? '/');
    this.#answer = new ClientAnswer(scope, () => this.#call?.resume());
    scope.exchange = this;
  }

  /** Sends the first attempt, or answers that there is nobody to send it to. */
  start(): void {
    const target = this.#route.pick();
    if (target !== null) {
      this.#send(target);
      return;
    }
    const seconds = String(this.#route.retryAfterSeconds());
    const close = bodyPending(this.#scope);
    this.#refuse({ ...refusals.circuitOpen, headers: ['retry-after', seconds], close });
  }

  get kind(): OpenStream['kind'] {
    return this.#answer.isEventStream ? 'events' : 'answer';
  }

  /**
   * Its key has ended, or the process stops. An event stream ends in order; any other answer breaks
   * off, or its client would take it for whole.
   */
  end(why: StreamEnd): void {
    this.abandon();
    if (this.#answer.isEventStream) {
      this.#answer.end([]);
      return;
    }
    this.#scope.errorType = 'client_unauthorized';
    this.#scope.reason = why;
    this.#answer.breakOff();
  }

  /** The client has left, or is answered otherwise: the upstream is cut off at once. */
  abandon(): void {
    if (this.#upstream === undefined) return;
    this.#call?.abort();
    this.#attemptOver();
  }

  /** The request's body grew over the limit or came too slowly while it was passed on. */
  refuseBody(refusal: Refusal): void {
    this.abandon();
    this.#refuseOrBreak(refusal);
  }

  trailers(): readonly string[] {
    return trailersFromClient(this.#scope.request.rawTrailers);
  }

  onInformational(status: number, headers: string[]): void {
    passInterim(this.#scope, status, headers);
  }

  onHead(status: number, headers: string[]): void {
    this.#answered = true;
    this.#report(status);
    this.#upstream?.report(status, undefined);
    this.#answer.head(status, headers);
    if (this.#answer.isEventStream) this.#openStream();
  }

  onData(bytes: Buffer, start: number, end: number): boolean {
    return this.#answer.data(bytes, start, end);
  }

  /** More is to come: it goes on while its key may end. */
  onReadEnd(): void {
    if (!this.#answered) return;
    this.#answer.flush();
    if (!this.#indexed) this.#index();
  }

  onEnd(trailers: readonly string[]): void {
    this.#attemptOver();
    this.#answer.end(trailers);
  }

  onUpgrade(answer: SwitchAnswer): void {
    const target = this.#upstream;
    if (target === undefined || this.#change?.accepts(answer.headers) !== true) {
      answer.socket.destroy();
      this.onError(new UpstreamError('UPSTREAM_INVALID_ANSWER', 'Not our switch of protocols'));
      return;
    }
    this.#report(101);
    target.report(101, undefined);
    this.#scope.upstreamMs += performance.now() - this.#sentAt;
    this.#upstream = undefined;
    this.#change.join(answer, () => target.ended());
  }

  onError(error: UpstreamError): void {
    const target = this.#upstream;
    target?.report(0, error.code);
    this.#attemptOver();
    if (this.#scope.response.destroyed) return;
    if (target === undefined || this.#answer.started || !this.#retry(target, error)) {
      this.#fail(error);
    }
  }

  #send(target: UpstreamTarget): void {
    const { headers } = this;
    headers.length = this.#commonHeaders;
    headers[1] = target.host;
    for (const item of target.headers()) headers.push(item);
    this.path = target.prefix + this.#target;
    this.#upstream = target;
    this.#scope.upstream = target.name;
    this.#attempt += 1;
    this.#answered = false;
    this.#sentAt = performance.now();
    this.#scope.upstreamSentAt = this.#sentAt;
    this.#call = target.client.send(this, this);
  }

  #attemptOver(): void {
    this.#scope.upstreamMs += performance.now() - this.#sentAt;
    this.#upstream?.ended();
    this.#upstream = undefined;
    if (this.#indexed) this.#events.streams.remove(this.#scope.keyId ?? '', this);
  }

  /** It may go on for hours: no limit of its whole time, but an end when its key has one. */
  #openStream(): void {
    this.#call?.untimed();
    this.#index();
  }

  #index(): void {
    this.#indexed = true;
    const { key, startedAt } = this.#scope;
    if (key !== undefined) this.#events.streams.add(key, this, startedAt);
  }

  #retry(target: UpstreamTarget, { code }: UpstreamError): boolean {
    const { body, method } = this;
    const bodyReplayable = body === null || Buffer.isBuffer(body);
    const attempt = this.#attempt;
    const next = this.#route.retry({ target, attempt, method, bodyReplayable, error: code });
    if (next === null) return false;
    const reason = code === 'UPSTREAM_STALE_CONNECTION' ? 'dead_connection' : 'unreachable';
    this.#events.upstreamRetried(reason, target.name);
    this.fresh = true;
    this.#send(next);
    return true;
  }

  #fail(error: UpstreamError): void {
    const refusal = upstreamRefusal(error.code);
    this.#scope.reason ??= error.code;
    if (!this.#answered) this.#report(0);
    this.#refuseOrBreak({ ...refusal, close: bodyPending(this.#scope) });
  }

  #report(status: number): void {
    this.#scope.upstreamStatus = status;
    this.#events.upstreamAnswered(this.#scope, status, (performance.now() - this.#sentAt) / 1_000);
  }

  #refuseOrBreak(refusal: Refusal): void {
    if (!this.#answer.started) {
      this.#refuse(refusal);
      return;
    }
    this.#scope.errorType = refusal.errorType;
    this.#answer.breakOff();
  }

  #refuse(refusal: Refusal): void {
    answerRefusal(this.#scope, refusal);
  }
}
