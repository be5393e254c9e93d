import type { Dispatcher } from 'undici';
import { answerRefusal } from './answer.ts';
import { responseHeaders } from './forward-headers.ts';
import { refusals } from './refusal.ts';
import type { ErrorType } from './refusal.ts';
import { BodyTooLarge } from './request-body.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';
import { mayRetry } from './retry-rule.ts';
import { codeOf, upstreamRefusal } from './to-problem.ts';

/** Larger bodies are cheaper to pass on as they are. */
const JOIN_UP_TO = 16 * 1024;

class ClientGone extends Error {}

/** What an exchange reports while it runs. */
export interface ExchangeEvents {
  /** Status 0 when no answer came. */
  upstreamAnswered: (scope: RequestScope, status: number, seconds: number) => void;
  retried: (reason: string) => void;
  /** The upstream was reached, or not. */
  reachable: (reachable: boolean) => void;
}

/**
 * One request to the upstream and its answer, streamed both ways. Handler of undici's dispatch: no
 * promise, timer or AbortController per request.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #dispatcher: Dispatcher;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #scope: RequestScope;
  readonly #events: ExchangeEvents;
  #controller: Dispatcher.DispatchController | undefined;
  #attempt = 0;
  #sentAt = 0;
  #started = false;
  #ended = false;
  #flushed = false;
  #clientGone = false;
  /** Bytes still to come when the length is known. */
  #remaining = NaN;

  constructor(
    target: { dispatcher: Dispatcher; options: Dispatcher.DispatchOptions },
    scope: RequestScope,
    events: ExchangeEvents,
  ) {
    this.#dispatcher = target.dispatcher;
    this.#options = target.options;
    this.#scope = scope;
    this.#events = events;
    scope.onClientGone = () => this.#abandon();
  }

  start(): void {
    this.#attempt += 1;
    this.#sentAt = performance.now();
    this.#dispatcher.dispatch(this.#options, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#clientGone) controller.abort(new ClientGone());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // Interim answers (103 and the like) are of this hop.
    if (status < 200) return;
    const { response, headers: own } = this.#scope;
    this.#events.upstreamAnswered(this.#scope, status, (performance.now() - this.#sentAt) / 1_000);
    this.#events.reachable(true);
    const headers = responseHeaders(controller.rawHeaders as Buffer[]);
    const length = headers.indexOf('content-length');
    if (length >= 0) this.#remaining = Number(headers[length + 1]);
    // Throws on bytes that no header may hold; undici turns that into onResponseError.
    response.writeHead(status, [...headers, ...own]);
    this.#started = true;
    if (Number.isNaN(this.#remaining)) setImmediate(() => this.#flushHead());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { response } = this.#scope;
    this.#scope.bytesSent += chunk.length;
    this.#flushed = true;
    if (chunk.length === this.#remaining) {
      this.#end(chunk);
      return;
    }
    this.#remaining -= chunk.length;
    if (!response.write(chunk)) {
      controller.pause();
      response.once('drain', () => controller.resume());
    }
  }

  onResponseEnd(): void {
    if (!this.#ended) this.#end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#ended) return;
    this.#scope.upstreamMs += performance.now() - this.#sentAt;
    if (this.#clientGone || this.#scope.response.destroyed) return;
    const reason = error.cause instanceof Error ? error.cause : error;
    if (error instanceof BodyTooLarge || reason instanceof BodyTooLarge) {
      if (this.#started) this.#breakOff(refusals.tooLarge.errorType);
      else answerRefusal(this.#scope, refusals.tooLarge);
      return;
    }
    if (this.#retry(error)) return;
    this.#fail(error);
  }

  #retry(error: Error): boolean {
    const errorCode = codeOf(error);
    const method = String(this.#options.method);
    const hasBody = this.#options.body !== undefined && this.#options.body !== null;
    const { response } = this.#scope;
    const responseStarted = response.headersSent;
    if (!mayRetry({ method, hasBody, attempt: this.#attempt, responseStarted, errorCode })) {
      return false;
    }
    this.#events.retried('dead_connection');
    this.start();
    return true;
  }

  #fail(error: Error): void {
    const refusal = upstreamRefusal(error);
    this.#events.reachable(refusal.errorType !== 'upstream_unavailable');
    if (this.#started) {
      this.#breakOff(refusal.errorType);
      return;
    }
    const seconds = (performance.now() - this.#sentAt) / 1_000;
    this.#scope.errorType = refusal.errorType;
    this.#events.upstreamAnswered(this.#scope, 0, seconds);
    answerRefusal(this.#scope, { ...refusal, close: bodyPending(this.#scope.request) });
  }

  /** The head is out: only a broken connection says that the answer is incomplete. */
  #breakOff(errorType: ErrorType): void {
    this.#scope.errorType = errorType;
    this.#scope.response.destroy();
  }

  #end(lastChunk?: Buffer): void {
    this.#ended = true;
    const { response } = this.#scope;
    this.#scope.upstreamMs += performance.now() - this.#sentAt;
    if (lastChunk === undefined) response.end();
    // Node joins a head with a latin1 string into one write; with a buffer it would be two.
    else if (lastChunk.length <= JOIN_UP_TO) response.end(lastChunk.toString('latin1'), 'latin1');
    else response.end(lastChunk);
  }

  #flushHead(): void {
    if (!this.#flushed && !this.#ended) this.#scope.response.flushHeaders();
  }

  #abandon(): void {
    this.#clientGone = true;
    this.#scope.errorType ??= 'client_aborted';
    if (!this.#ended) this.#controller?.abort(new ClientGone());
  }
}
