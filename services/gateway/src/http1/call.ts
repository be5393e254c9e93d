import { NEVER } from './coarse-clock.ts';
import type { Connection } from './connection.ts';
import type { ResponseHandler, UpstreamCall, UpstreamRequest } from './upstream-client.ts';
import type { UpstreamError } from './upstream-error.ts';

/** A request from `send` to its end, wherever it is: waiting, on a connection, over. */
export class Call implements UpstreamCall {
  readonly request: UpstreamRequest;
  readonly handler: ResponseHandler;
  /** The serialised head; made before a connection is taken, so that a bad one takes none. */
  head = '';
  /** While it waits: the tick when it waited for too long. */
  deadline = NEVER;
  over = false;
  connection: Connection | undefined = undefined;

  constructor(request: UpstreamRequest, handler: ResponseHandler) {
    this.request = request;
    this.handler = handler;
  }

  abort(): void {
    if (this.over) return;
    this.over = true;
    this.connection?.destroy();
  }

  resume(): void {
    if (!this.over) this.connection?.resume();
  }

  untimed(): void {
    this.connection?.untimed();
  }

  /** Tells the handler, once. */
  fail(error: UpstreamError): void {
    if (this.over) return;
    this.over = true;
    this.handler.onError(error);
  }
}
