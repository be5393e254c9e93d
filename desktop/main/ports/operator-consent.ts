export interface ConsentRequest {
  readonly target: string;
  /** A question about the effect, for example `Roll back gateway to gateway-00002?` */
  readonly question: string;
  readonly consequence: string;
}

/**
 * Asks the human, outside the page's reach, before something on a protected target is changed. A
 * host that can't ask throws DomainError PERMISSION_DENIED.
 */
export interface OperatorConsent {
  ask(request: ConsentRequest): Promise<boolean>;
}
