/** Where the page comes from. */
export const PAGE_ORIGIN = 'app://console';

export interface FrameFacts {
  readonly url: string;
  /** The frame has no parent. */
  readonly isTop: boolean;
  /** The contents belong to a window that this process opened for the console. */
  readonly isOurWindow: boolean;
}

/** Is this the main frame of our window, showing our page? An empty address is not. */
export function isTrustedFrame(frame: FrameFacts): boolean {
  return frame.isTop && frame.isOurWindow && isPageUrl(frame.url);
}

/** An address of our page, by scheme and host: for `app:` Node knows no `URL.origin`. */
export function isPageUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return `${protocol}//${host}` === PAGE_ORIGIN && username === '' && password === '';
}
