/** Secrets of the stack that the console itself has to present. They never leave main. */
export interface StackSecrets {
  /** Bearer token of the gateway's admin API. Throws KEY_STORE_UNAVAILABLE when it can't be read. */
  gatewayAdminToken(): Promise<string>;
  /** The static key that sample traffic and the end-to-end test send. */
  sampleTrafficKey(): Promise<string>;
}
