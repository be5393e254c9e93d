export interface ConsentRequest {
  readonly target: string;
  /** A question about the effect, for example `Roll back gateway to gateway-00002?` */
  readonly question: string;
  readonly consequence: string;
}

/**
 * How long the human has. With the 5 s before it, in which a change can be taken back, shorter than
 * the 30 s after which the page gives a call up: an answer that comes later would change something
 * that the page already called failed.
 */
export const CONSENT_WITHIN_MS = 20_000;

/**
 * Asks the human, outside the page's reach, before something on a protected target is changed. A
 * host that can't ask throws DomainError PERMISSION_DENIED. When `signal` is aborted the time is up:
 * the question is taken away, and whatever is answered then no longer counts.
 */
export interface OperatorConsent {
  ask(request: ConsentRequest, signal: AbortSignal): Promise<boolean>;
}
