/** Main doesn't answer any more: its port is closed, or a call went past its deadline. */
export class HostGoneError extends Error {
  readonly code = 'HOST_GONE';

  constructor(options?: ErrorOptions) {
    super('The console host is gone', options);
    this.name = 'HostGoneError';
  }
}
